#include "proof/passkeys.h"

#include "base/log.h"
#include "base/record.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"
#include "crypto/webauthn.h"
#include "proof/effects.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::passkeys;

constexpr rules::Limits limits;
constexpr std::string_view shape = "passkey-challenge.1";

/// policy.md, "Levels", step-up: SHA-256 over version, purpose, what it is bound to (account, session,
/// summary), nonce and expiry.
Bytes challenge_of(std::string_view purpose, BytesView bound_to, BytesView nonce, Instant made_at)
{
    const crypto::Canonical all{
        "passkey.challenge", 1, {purpose, bound_to, nonce, to_unix_ms(made_at + limits.challenge_life)}};
    const auto digest = crypto::sha256(all.bytes());
    return {digest.begin(), digest.end()};
}

crypto::Canonical sealing_context(std::string_view purpose, BytesView bound_to)
{
    return {"passkey.cookie", 1, {purpose, bound_to}};
}

/// What the database says about the answer, before its signature is looked at.
struct Ground {
    bool fresh = false;  // the challenge was not answered before
    std::optional<AccountId> account;
    std::optional<store::Passkey> passkey;
    bool not_closed = false;  // the account: a locked one is led to its unlocking
};

/// Of the account that has the passkey, whoever was expected: another's is refused, but is not unknown, or
/// the browser would be told to forget it.
Ground read_ground(db::Tx& tx, const World& world, const ExpectedChallenge& expected,
                   const PasskeyAnswer& answer)
{
    Ground ground;
    ground.fresh = !store::is_spent(tx, crypto::sha256(expected.bytes));
    ground.account = store::find_passkey_account(tx, answer.credential_id);
    if (!ground.account) {
        // As many statements as for a credential that somebody has.
        store::CredentialSet::load_nothing(tx, world.random.id<AccountId>(world.clock.now()));
        return ground;
    }
    const auto credentials = store::CredentialSet::load(tx, world.keys, *ground.account);
    ground.not_closed = credentials.state() != store::AccountState::closed;
    for (store::Passkey& passkey : credentials.passkeys(tx))
        if (passkey.credential_id == answer.credential_id) ground.passkey = std::move(passkey);
    return ground;
}

rules::Assertion facts_of(const World& world, const ExpectedChallenge& expected, const Ground& ground,
                          const std::optional<AccountId>& account, const PasskeyAnswer& answer,
                          rules::Use use)
{
    rules::Assertion facts;
    auto challenge = expected.facts;
    challenge.used = !ground.fresh;
    facts.challenge = rules::judge_challenge(challenge, world.clock.now(), limits);
    facts.credential_known = ground.passkey.has_value() && ground.not_closed;
    const bool named = ground.account && answer.user_handle == user_handle_of(*ground.account);
    facts.right_account = account ? ground.account == account && (answer.user_handle.empty() || named)
                                  : named && use == rules::Use::alone;
    if (!ground.passkey) return facts;
    facts.registered_verified = ground.passkey->user_verified;
    facts.registered_eligible = ground.passkey->backup_eligible;
    facts.last_backed_up = ground.passkey->backed_up;
    facts.last_counter = ground.passkey->counter;
    return facts;
}

/// Fills in what the authenticator said; false where the answer is not its own.
bool verify(const World& world, const ExpectedChallenge& expected, const PasskeyAnswer& answer,
            const store::Passkey& passkey, rules::Assertion& facts)
{
    const auto origins = passkey_origins(world.brand);
    const crypto::WebauthnExpectation wanted{.challenge = expected.bytes,
                                             .rp_id = world.brand.rp_id,
                                             .origins = origins,
                                             .user_verification = false};  // judged by policy, by use
    const auto said =
        crypto::verify_authentication(wanted, {passkey.public_key, passkey.backup_eligible},
                                      {answer.client_data_json, answer.authenticator_data, answer.signature});
    if (!said) {
        log::write(log::Level::info, "passkey_refused", {{"why", crypto::name_of(said.error())}});
        return false;
    }
    facts.user_present = said->user_present;
    facts.user_verified = said->user_verified;
    facts.backup_eligible = said->backup_eligible;
    facts.backed_up = said->backed_up;
    facts.counter = said->counter;
    return true;
}

/// A refused answer spends its challenge too. A counter that went back may mean a copied key: its owner
/// (`copied`) reads of it in a mail and in the history.
Task<void> refuse(World& world, Asker asker, Bytes challenge, std::optional<AccountId> copied)
{
    const Instant now = world.clock.now();
    if (copied) log::write(log::Level::alarm, "passkey_counter_back", {{"account", copied->text()}});
    auto work = [&world, asker, challenge = std::move(challenge), copied, now](db::Tx& tx) {
        store::spend_challenge(tx, challenge, now + limits.challenge_life);
        if (!copied) return;
        note(tx, world, *copied, "passkey_counter_back", asker, now);
        const auto account = store::load_account(tx, world.keys, *copied);
        const auto credentials = store::CredentialSet::load(tx, world.keys, *copied);
        tell(tx, world, policy::notices::Kind::passkey_copied, account, credentials, facts_of(asker, now),
             now);
    };
    co_await world.database.transact(std::move(work));
    if (copied) world.mail_is_waiting();
}

}  // namespace

PasskeyChallenge make_passkey_challenge(const World& world, std::string_view purpose, BytesView bound_to,
                                        Instant now)
{
    const Bytes nonce = world.random.bytes(nonce_bytes);
    const Bytes record = RecordWriter(shape).bytes(nonce).time(now).take();
    return {challenge_of(purpose, bound_to, nonce, now),
            to_base64url(world.keys.sealer.seal(sealing_context(purpose, bound_to), record))};
}

ExpectedChallenge expected_challenge(const World& world, std::string_view cookie, std::string_view purpose,
                                     BytesView bound_to)
{
    const auto sealed = from_base64url(cookie);
    const auto opened =
        sealed ? world.keys.sealer.open(sealing_context(purpose, bound_to), *sealed) : std::nullopt;
    if (!opened) return {};
    RecordReader reader(opened->reveal(), shape);
    const Bytes nonce = reader.bytes();
    const Instant made_at = reader.time();
    reader.end();
    ExpectedChallenge expected;
    expected.bytes = challenge_of(purpose, bound_to, nonce, made_at);
    expected.facts = {.found = true, .same_browser = true, .same_purpose = true, .made_at = made_at};
    return expected;
}

std::vector<std::string> passkey_origins(const Brand& brand)
{
    std::vector<std::string> origins{brand.origin};
    origins.insert(origins.end(), brand.related_origins.begin(), brand.related_origins.end());
    return origins;
}

Bytes user_handle_of(const AccountId& account) { return account.bytes(); }

Task<PasskeyOutcome> check_passkey(World& world, Asker asker, policy::passkeys::Use use,
                                   ExpectedChallenge expected, std::optional<AccountId> account,
                                   PasskeyAnswer answer)
{
    PasskeyOutcome outcome;
    if (!expected.facts.found) co_return outcome;
    auto read = [&](db::Tx& tx) { return read_ground(tx, world, expected, answer); };
    const auto ground = co_await world.database.transact(std::move(read));
    auto facts = facts_of(world, expected, ground, account, answer, use);
    // Before the signature was right nothing is judged by what the authenticator claims.
    if (facts.challenge == rules::ChallengeAnswer::good && facts.credential_known && facts.right_account &&
        !verify(world, expected, answer, *ground.passkey, facts))
        facts.credential_known = false;
    const auto verdict = rules::judge_assertion(facts, use);
    outcome.answer = verdict.answer;
    outcome.nobody_has_it =
        verdict.answer == rules::AssertionAnswer::unknown_credential && !ground.passkey.has_value();
    const auto digest = crypto::sha256(expected.bytes);
    Bytes challenge(digest.begin(), digest.end());
    if (verdict.answer != rules::AssertionAnswer::right) {
        std::optional<AccountId> copied;
        if (verdict.answer == rules::AssertionAnswer::counter_back) copied = ground.account;
        co_await refuse(world, asker, std::move(challenge), copied);
        co_return outcome;
    }
    outcome.proof =
        PasskeyProof{*ground.account,      ground.passkey->id, verdict.method, ground.passkey->created_at,
                     std::move(challenge), facts.last_counter, facts.counter,  facts.backed_up};
    co_return outcome;
}

bool use_passkey(db::Tx& tx, const store::CredentialSet& credentials, const PasskeyProof& proof,
                 const Asker& asker, Instant now)
{
    if (!store::spend_challenge(tx, proof.challenge, now + limits.challenge_life)) return false;
    const auto passkeys = credentials.passkeys(tx);
    if (std::ranges::find(passkeys, proof.passkey, &store::Passkey::id) == passkeys.end()) return false;
    return store::note_passkey_use(tx, proof.passkey, proof.seen_counter, proof.counter, proof.backed_up,
                                   asker.browser, now);
}

}  // namespace sallyport::proof
