#include "slices/sign_in/second_factor.h"

#include "policy/sign_in.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/passkey_prompt.h"
#include "proof/tries.h"
#include "slices/sign_in/complete.h"
#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/opened_pass.h"
#include "slices/sign_in/sent_code.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/sealed_rows.h"

namespace sallyport::sign_in {

namespace {

namespace rules = policy::sign_in;
using policy::Method;

constexpr Duration wrong_second_window = std::chrono::hours{24};

struct Ground {
    std::optional<HalfFinished> row;
    std::optional<store::Kit> kit;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::TokenHash& secret, const std::optional<store::TokenHash>& pass)
{
    const Instant now = world.clock.now();
    Ground ground;
    ground.row = find(tx, world, secret, now);
    if (!ground.row) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, ground.row->account);
    ground.kit = credentials.kit();
    ground.attempt.owner_key = credentials.primary_address().key();
    ground.attempt.known_browser = proof::knows_browser(tx, world, asker, ground.row->account, now);
    if (opened_pass(tx, world, pass, ground.attempt.owner_key, now)) ground.attempt.pass = pass;
    return ground;
}

struct Try {
    store::TokenHash secret;
    std::string typed;
    Method method;
    std::optional<FactorId> recovery_code;  // the one that was right
    std::string sent_code;                  // by mail or text, where it is right
    proof::Attempt attempt;
    proof::Charge charge;
    std::int64_t wrong_before;
    std::optional<TrustWish> trust;
};

/// What one transaction found and did; tokens come from outside, because it may run again.
struct Settled {
    Second answer = Second::over;
    rules::SecondVerdict verdict;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
    std::string then;
    std::int64_t codes_left = 0;
    bool propose_passkey = false;
};

/// Whether the factor is right, spending it where it is.
Second prove(db::Tx& tx, const proof::World& world, const Try& attempt, store::CredentialSet& credentials,
             Instant now)
{
    if (attempt.method == Method::totp) {
        const auto outcome = proof::check_totp(tx, world, credentials, attempt.typed, now);
        if (outcome.answer == policy::factors::CodeAnswer::accepted) return Second::signed_in;
        return outcome.answer == policy::factors::CodeAnswer::replayed ? Second::replayed : Second::wrong;
    }
    if (is_sent(attempt.method)) {
        if (attempt.sent_code.empty() || !held_methods(credentials).has(attempt.method))
            return Second::wrong;  // or the method was turned off meanwhile
        const auto place = place_of(credentials.account(), attempt.secret, attempt.method);
        // Not where a parallel request has used it, or a newer one was sent.
        return proof::take_code(tx, world, place, attempt.sent_code, now) ? Second::signed_in : Second::wrong;
    }
    if (!attempt.recovery_code) return Second::wrong;
    const auto kit = credentials.kit();
    const auto still_there = [&](const store::RecoveryCode& code) {
        return code.id == *attempt.recovery_code;
    };
    if (!kit || std::ranges::none_of(kit->codes, still_there))
        return Second::wrong;  // a parallel request has used it
    credentials.spend_recovery_code(*attempt.recovery_code);
    credentials.save(tx, world.keys, now);
    return Second::signed_in;
}

void sign_in(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Try& attempt,
             const store::CredentialSet& credentials, const proof::SessionTokens& tokens, Instant now,
             Settled& settled)
{
    settled.browser = complete(tx, world, asker, credentials,
                               {attempt.attempt,
                                attempt.charge,
                                {Method::password, attempt.method},
                                settled.verdict.level,
                                attempt.trust},
                               tokens, now);
    settled.propose_passkey = proof::proposes_passkey(
        tx, world, credentials, {Method::password, attempt.method}, settled.verdict.level, now);
    if (!settled.verdict.tell_code_used) return;
    const auto account = store::load_account(tx, world.keys, credentials.account());
    const auto kit = credentials.kit();
    settled.codes_left = kit ? static_cast<std::int64_t>(kit->codes.size()) : 0;
    auto facts = proof::facts_of(asker, now);
    facts.emplace_back("left", std::to_string(settled.codes_left));
    proof::tell(tx, world, policy::notices::Kind::recovery_code_used, account, credentials, facts, now);
    proof::note(tx, world, account.id, "recovery_code_used", asker, now, std::to_string(settled.codes_left));
}

Settled settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Try& attempt,
               const proof::SessionTokens& tokens)
{
    const Instant now = world.clock.now();
    Settled settled;
    const auto row = find(tx, world, attempt.secret, now);
    if (!row) return settled;
    auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
    settled.then = row->then;
    const Second proven = prove(tx, world, attempt, credentials, now);
    const rules::SecondFacts facts{attempt.method, proven == Second::signed_in, state_of(credentials),
                                   row->begun,     attempt.wrong_before,        world.methods};
    settled.verdict = rules::after_second_factor(facts, now, world.sign_in);
    switch (settled.verdict.answer) {
    case rules::SecondAnswer::over: store::take_sign_in(tx, attempt.secret); return settled;
    case rules::SecondAnswer::wrong:
        settled.answer = proven == Second::replayed ? Second::replayed : Second::wrong;
        if (settled.verdict.tell_stopped) {
            const auto account = store::load_account(tx, world.keys, row->account);
            proof::tell(tx, world, policy::notices::Kind::sign_in_stopped, account, credentials,
                        proof::facts_of(asker, now), now);
            proof::note(tx, world, account.id, "sign_in_stopped", asker, now);
        }
        return settled;
    case rules::SecondAnswer::signed_in: break;
    }
    if (!store::take_sign_in(tx, attempt.secret)) return settled;  // a parallel request has finished it
    settled.answer = Second::signed_in;
    sign_in(tx, world, asker, attempt, credentials, tokens, now, settled);
    return settled;
}

/// After failures: by how much the phone's clock is off. Looked for once between two successes, and paid by
/// ten of the guesses that strangers share; nobody waits for it.
Task<std::optional<Duration>> look_for_drift(proof::World& world, HalfFinished row, Try attempt)
{
    if (attempt.method != Method::totp || !policy::factors::may_search_drift(attempt.wrong_before + 1))
        co_return std::nullopt;
    const bool charged = co_await proof::charge_search(world, attempt.attempt);
    if (!charged) co_return std::nullopt;
    auto work = [&world, row, attempt](db::Tx& tx) -> std::optional<Duration> {
        const auto credentials = store::CredentialSet::load(tx, world.keys, row.account);
        return proof::name_drift(tx, world, credentials, attempt.typed, world.clock.now());
    };
    co_return co_await world.database.transact(std::move(work));
}

/// A code by mail or text: its own try is charged as well. True where none can be right any more.
Task<bool> compare_sent(proof::World& world, AccountId account, Try& attempt)
{
    auto tried =
        co_await proof::try_code(world, place_of(account, attempt.secret, attempt.method), attempt.typed);
    if (tried.answer == proof::CodeAnswer::right) attempt.sent_code = std::move(tried.digits);
    co_return tried.answer == proof::CodeAnswer::over;
}

/// The try is charged, and a recovery code compared: everything else happens in one transaction.
Task<SecondOutcome> finish(proof::World& world, proof::Asker asker, HalfFinished row, Try attempt)
{
    SecondOutcome outcome;
    // Counted before it is looked at, so that parallel wrong codes cannot slip past the notice; a success
    // empties it.
    const auto key = wrong_second_key(world, attempt.attempt.owner_key);
    const auto counted = co_await store::charge_in_window(world.database, key, INT32_MAX, wrong_second_window,
                                                          world.clock.now());
    attempt.wrong_before = counted ? counted->charged - 1 : 0;

    auto tokens = proof::make_session_tokens(world.random);
    auto work = [&world, asker, &attempt, &tokens](db::Tx& tx) {
        return settle(tx, world, asker, attempt, tokens);
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    outcome.answer = settled.answer;
    outcome.say_clock = settled.verdict.say_clock;
    outcome.then = std::move(settled.then);
    outcome.codes_left = settled.codes_left;
    outcome.propose_passkey = settled.propose_passkey;
    if (outcome.answer == Second::signed_in) {
        outcome.session.emplace(std::move(tokens));
        outcome.browser = settled.browser;
    } else if (outcome.answer == Second::wrong) {
        auto drift = co_await look_for_drift(world, row, attempt);
        outcome.drift = drift;
    }
    co_return outcome;
}

}  // namespace

Task<SecondOutcome> check_second_factor(proof::World& world, proof::Asker asker,
                                        store::TokenHash half_finished, std::string typed, Method method,
                                        std::optional<store::TokenHash> pass, std::optional<TrustWish> trust)
{
    auto read = [&world, asker, half_finished, pass](db::Tx& tx) {
        return read_ground(tx, world, asker, half_finished, pass);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    SecondOutcome outcome;
    if (!ground.row) co_return outcome;

    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        outcome.answer = Second::wait;
        outcome.until = no_try->until;
        outcome.needs_pass = no_try->needs_pass;
        co_return outcome;
    }
    Try attempt{half_finished,
                std::move(typed),
                method,
                std::nullopt,
                {},
                ground.attempt,
                std::get<proof::Charge>(admission),
                0,
                std::move(trust)};
    if (is_sent(method)) {
        const bool dead = co_await compare_sent(world, ground.row->account, attempt);
        if (dead) {
            co_await proof::give_back(world, attempt.charge);
            outcome.answer = Second::dead;
            co_return outcome;
        }
    }
    if (method == Method::recovery_code) {
        auto checked =
            co_await proof::check_recovery_code(world, ground.row->account, ground.kit, attempt.typed);
        if (checked.busy_seconds) {
            co_await proof::give_back(world, attempt.charge);
            outcome.answer = Second::busy;
            outcome.busy_seconds = *checked.busy_seconds;
            co_return outcome;
        }
        attempt.recovery_code = checked.code;
    }
    co_return co_await finish(world, asker, *ground.row, std::move(attempt));
}

Task<std::optional<OpenSignIn>> find_open(proof::World& world, store::TokenHash half_finished,
                                          policy::Methods used_here)
{
    auto work = [&world, half_finished, used_here](db::Tx& tx) -> std::optional<OpenSignIn> {
        const auto row = find(tx, world, half_finished, world.clock.now());
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
        return OpenSignIn{credentials.primary_address(), choices_of(world, credentials, used_here)};
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_in
