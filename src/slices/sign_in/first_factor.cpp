#include "slices/sign_in/first_factor.h"

#include "policy/reminders.h"
#include "policy/sign_in.h"
#include "proof/effects.h"
#include "proof/passwords.h"
#include "proof/tries.h"
#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/held.h"
#include "slices/sign_in/opened_pass.h"
#include "store/accounts.h"
#include "store/due_work.h"

namespace sallyport::sign_in {

namespace {

/// What is known before anything is charged or hashed.
struct Ground {
    std::optional<AccountId> account;
    std::optional<store::StoredHash> password;
    policy::sign_in::AccountState state = policy::sign_in::AccountState::active;
    policy::Methods held;
    std::optional<crypto::HashParameters> dearest;
    proof::Attempt attempt;
};

/// An address that nobody has: white space is refused by Email::parse. Each network has its own, so that
/// other people's typing errors make nobody wait.
constexpr std::string_view nobodys_address = "no address ";

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const std::optional<Email>& email, const std::optional<store::TokenHash>& pass,
                   const AccountId& nobody)
{
    const Instant now = world.clock.now();
    Ground ground;
    ground.attempt.owner_key = email ? email->key() : std::string(nobodys_address) + asker.network;
    ground.account = store::find_account(tx, ground.attempt.owner_key);
    if (ground.account) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, *ground.account);
        ground.state = state_of(credentials);
        if (policy::sign_in::compares_password(ground.state)) ground.password = credentials.password();
        ground.held = held_methods(credentials);
    } else {
        store::CredentialSet::load_nothing(tx, nobody);
    }
    ground.attempt.account_exists = ground.account.has_value();
    ground.attempt.known_browser =
        proof::knows_browser(tx, world, asker, ground.account.value_or(nobody), now);
    if (opened_pass(tx, world, pass, ground.attempt.owner_key, now)) ground.attempt.pass = pass;
    ground.dearest = store::dearest_hash_parameters(tx);
    return ground;
}

/// A hash of other parameters than the configured ones is made anew, of the password that was just right.
Task<void> upgrade_hash(proof::World& world, AccountId account, Secret password, store::StoredHash old)
{
    if (!crypto::needs_upgrade(old.phc, world.hash_parameters) && old.pepper == world.peppers.current_id())
        co_return;
    auto hashed = co_await proof::hash_password(world, std::move(password));
    if (!hashed.hash) co_return;  // the pool is full: at the next sign-in
    const Instant now = world.clock.now();
    auto work = [&world, account, old, hash = *hashed.hash, now](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, world.keys, account);
        const auto present = credentials.password();
        if (!present || present->phc != old.phc) return;  // changed meanwhile
        store::note_hash_parameters(tx, world.hash_parameters);
        credentials.replace_password_hash(hash);
        credentials.save(tx, world.keys, now);
    };
    co_await world.database.transact(std::move(work));
}

/// After many failures the worker tells the owner (E13): by one statement, whether there is an owner or not.
Task<void> look_at_failures(proof::World& world, AccountId account, proof::Charge charge)
{
    const bool strangers = charge.door == policy::throttle::Door::stranger;
    if (!strangers || !policy::reminders::is_worth_a_look(charge.charged, world.throttle)) co_return;
    const Instant now = world.clock.now();
    auto work = [account, now](db::Tx& tx) { store::put_due_work_if_known(tx, account, now); };
    co_await world.database.transact(std::move(work));
}

struct Passed {
    AccountId account;
    policy::sign_in::FirstVerdict verdict;
    std::string then;
    proof::Attempt attempt;
    proof::Charge charge;
};

/// The password was right: a half-finished row, or a session where no second factor is asked.
policy::sessions::BrowserToken settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                                      const Passed& passed, const FirstOutcome& tokens)
{
    const Instant now = world.clock.now();
    if (passed.verdict.next == policy::sign_in::Next::ask_second_factor) {
        proof::not_a_failure(tx, passed.charge, now);
        put(tx, world, tokens.half_finished->hash, {passed.account, now, passed.then, false}, now);
        return policy::sessions::BrowserToken::none;
    }
    const auto credentials = store::CredentialSet::load(tx, world.keys, passed.account);
    const auto account = store::load_account(tx, world.keys, passed.account);
    proof::succeed(tx, world, asker, passed.attempt, passed.charge, now);
    return proof::open_session(tx, world, asker, account, credentials, {policy::Method::password},
                               passed.verdict.level, *tokens.session, true, now)
        .browser;
}

FirstOutcome busy(std::int64_t seconds)
{
    FirstOutcome outcome;
    outcome.answer = First::busy;
    outcome.busy_seconds = seconds;
    return outcome;
}

FirstOutcome waiting(const proof::NoTry& no_try)
{
    FirstOutcome outcome;
    outcome.answer = First::wait;
    outcome.until = no_try.until;
    outcome.needs_pass = no_try.needs_pass;
    return outcome;
}

}  // namespace

Task<FirstOutcome> check_password(proof::World& world, proof::Asker asker, PasswordCommand command)
{
    // The same for every address. Where the pool fills up later on, the try is given back.
    if (const auto wait_seconds = world.hashes.refuse_when_full()) co_return busy(*wait_seconds);
    const auto nobody = world.random.id<AccountId>(world.clock.now());
    auto read = [&world, asker, email = command.email, pass = command.pass, nobody](db::Tx& tx) {
        return read_ground(tx, world, asker, email, pass, nobody);
    };
    auto ground = co_await world.database.transact(std::move(read));

    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) co_return waiting(*no_try);
    const auto& charge = std::get<proof::Charge>(admission);
    Secret typed = command.password.duplicate();
    const auto answer =
        co_await proof::check_password(world, std::move(typed), ground.password, ground.dearest);
    if (answer.outcome == crypto::PoolOutcome::busy) {
        co_await proof::give_back(world, charge);
        co_return busy(answer.retry_after_seconds);
    }
    FirstOutcome outcome;
    policy::sign_in::FirstFacts facts{ground.account.has_value(),
                                      answer.outcome == crypto::PoolOutcome::match,
                                      ground.state,
                                      ground.held,
                                      command.used_here,
                                      world.methods,
                                      world.second_factor_mandatory};
    const auto verdict = policy::sign_in::after_first_factor(facts);
    if (verdict.next == policy::sign_in::Next::refuse) {
        co_await look_at_failures(world, ground.account.value_or(nobody), charge);
        co_return outcome;
    }
    if (verdict.next == policy::sign_in::Next::unlock) {
        co_await proof::give_back(world, charge);
        outcome.answer = First::locked;
        co_return outcome;
    }

    co_await upgrade_hash(world, *ground.account, std::move(command.password), *ground.password);
    outcome.answer =
        verdict.next == policy::sign_in::Next::signed_in ? First::signed_in : First::second_factor;
    outcome.must_add_factor = verdict.must_add_factor;
    if (!verdict.methods.empty()) outcome.second = verdict.methods.front();
    if (outcome.answer == First::signed_in)
        outcome.session.emplace(proof::make_session_tokens(world.random));
    else
        outcome.half_finished.emplace(proof::fresh_token(world.random));
    const Passed passed{*ground.account, verdict, std::move(command.then), ground.attempt, charge};
    auto work = [&world, asker, &passed, &outcome](db::Tx& tx) {
        return settle(tx, world, asker, passed, outcome);
    };
    const auto browser = co_await world.database.transact(std::move(work));
    outcome.browser = browser;
    if (outcome.session) world.mail_is_waiting();  // a half-finished sign-in tells nobody
    co_return outcome;
}

}  // namespace sallyport::sign_in
