#include "slices/sign_in/by_passkey.h"

#include "policy/sign_in.h"
#include "slices/sign_in/complete.h"
#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/opened_pass.h"
#include "store/sealed_rows.h"

namespace sallyport::sign_in {

namespace {

namespace rules = policy::sign_in;
using policy::Method;
using policy::passkeys::AssertionAnswer;
using policy::passkeys::Use;

constexpr std::string_view alone = "sign_in";
constexpr std::string_view second = "sign_in.second";

proof::Attempt attempt_of(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                          const store::CredentialSet& credentials,
                          const std::optional<store::TokenHash>& pass, Instant now)
{
    proof::Attempt attempt;
    attempt.owner_key = credentials.primary_address().key();
    attempt.known_browser = proof::knows_browser(tx, world, asker, credentials.account(), now);
    if (opened_pass(tx, world, pass, attempt.owner_key, now)) attempt.pass = pass;
    return attempt;
}

KeyOutcome refusal_of(const proof::PasskeyOutcome& checked)
{
    KeyOutcome outcome;
    if (checked.nobody_has_it) outcome.answer = Key::unknown;
    if (checked.answer == AssertionAnswer::not_verified) outcome.answer = Key::needs_password;
    return outcome;
}

/// What one transaction found and did; tokens come from outside, because it may run again.
struct Settled {
    Key answer = Key::refused;
    policy::Methods methods;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
    std::string then;
};

struct Shown {
    proof::PasskeyProof proof;
    std::optional<store::TokenHash> pass;
    std::optional<TrustWish> trust;
};

void finish(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
            const store::CredentialSet& credentials, const Shown& shown, policy::Level level,
            const proof::SessionTokens& tokens, Instant now, Settled& settled)
{
    const auto attempt = attempt_of(tx, world, asker, credentials, shown.pass, now);
    settled.browser = complete(tx, world, asker, credentials,
                               {attempt, std::nullopt, settled.methods, level, shown.trust}, tokens, now);
    settled.answer = Key::signed_in;
}

Settled settle_alone(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Shown& shown,
                     const proof::SessionTokens& tokens)
{
    const Instant now = world.clock.now();
    Settled settled;
    const auto credentials = store::CredentialSet::load(tx, world.keys, shown.proof.account);
    if (!proof::use_passkey(tx, credentials, shown.proof, asker, now)) return settled;
    const auto verdict = rules::after_passkey({shown.proof.method, state_of(credentials), world.methods});
    if (verdict.unlock) settled.answer = Key::locked;
    if (!verdict.signed_in) return settled;
    settled.methods = {shown.proof.method};
    finish(tx, world, asker, credentials, shown, verdict.level, tokens, now, settled);
    return settled;
}

Settled settle_second(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                      const store::TokenHash& secret, const Shown& shown, const proof::SessionTokens& tokens)
{
    const Instant now = world.clock.now();
    Settled settled;
    settled.answer = Key::over;
    const auto row = find(tx, world, secret, now);
    if (!row || row->account != shown.proof.account) return settled;
    const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
    const bool right = proof::use_passkey(tx, credentials, shown.proof, asker, now);
    const auto verdict = rules::after_second_factor(
        {shown.proof.method, right, state_of(credentials), row->begun, 0, world.methods}, now, world.sign_in);
    switch (verdict.answer) {
    case rules::SecondAnswer::over: store::take_sign_in(tx, secret); return settled;
    case rules::SecondAnswer::wrong: settled.answer = Key::refused; return settled;
    case rules::SecondAnswer::signed_in: break;
    }
    if (!store::take_sign_in(tx, secret)) return settled;  // a parallel request has finished it
    settled.then = row->then;
    settled.methods = {Method::password, shown.proof.method};
    finish(tx, world, asker, credentials, shown, verdict.level, tokens, now, settled);
    return settled;
}

KeyOutcome outcome_of(Settled settled, proof::SessionTokens tokens)
{
    KeyOutcome outcome{settled.answer, std::nullopt, settled.browser, settled.methods,
                       std::move(settled.then)};
    if (outcome.answer == Key::signed_in) outcome.session.emplace(std::move(tokens));
    return outcome;
}

/// Whose keys may answer; nullopt where the half-finished sign-in is gone.
Task<std::optional<AccountId>> account_of(proof::World& world, store::TokenHash half_finished)
{
    auto work = [&world, half_finished](db::Tx& tx) -> std::optional<AccountId> {
        const auto row = find(tx, world, half_finished, world.clock.now());
        return row ? std::optional(row->account) : std::nullopt;
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace

proof::PasskeyChallenge ask_for_passkey(const proof::World& world)
{
    return proof::make_passkey_challenge(world, alone, {}, world.clock.now());
}

Task<KeyOutcome> sign_in_by_passkey(proof::World& world, proof::Asker asker, KeyCommand command)
{
    auto expected = proof::expected_challenge(world, command.challenge_cookie, alone, {});
    const auto checked = co_await proof::check_passkey(world, asker, Use::alone, std::move(expected),
                                                       std::nullopt, std::move(command.answer));
    if (!checked.proof) co_return refusal_of(checked);
    const Shown shown{*checked.proof, command.pass, std::nullopt};
    auto tokens = proof::make_session_tokens(world.random);
    auto work = [&world, &asker, &shown, &tokens](db::Tx& tx) {
        return settle_alone(tx, world, asker, shown, tokens);
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return outcome_of(std::move(settled), std::move(tokens));
}

Task<std::optional<KeyQuestion>> ask_for_key(proof::World& world, store::TokenHash half_finished)
{
    auto work = [&world, half_finished](db::Tx& tx) -> std::optional<KeyQuestion> {
        const Instant now = world.clock.now();
        const auto row = find(tx, world, half_finished, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
        return KeyQuestion{proof::make_passkey_challenge(world, second, half_finished, now),
                           credentials.passkeys(tx)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<KeyOutcome> check_key(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                           KeyCommand command)
{
    const auto account = co_await account_of(world, half_finished);
    KeyOutcome over;
    over.answer = Key::over;
    if (!account) co_return over;
    auto expected = proof::expected_challenge(world, command.challenge_cookie, second, half_finished);
    const auto checked = co_await proof::check_passkey(world, asker, Use::second, std::move(expected),
                                                       account, std::move(command.answer));
    if (!checked.proof) co_return refusal_of(checked);
    const Shown shown{*checked.proof, command.pass, std::move(command.trust)};
    auto tokens = proof::make_session_tokens(world.random);
    auto work = [&world, &asker, half_finished, &shown, &tokens](db::Tx& tx) {
        return settle_second(tx, world, asker, half_finished, shown, tokens);
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return outcome_of(std::move(settled), std::move(tokens));
}

}  // namespace sallyport::sign_in
