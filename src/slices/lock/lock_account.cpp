#include "slices/lock/lock_account.h"

#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/stop_code.h"
#include "proof/tries.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/lock_codes.h"

#include <algorithm>

namespace sallyport::lock {

namespace {

namespace rules = policy::lock;
using rules::Means;

constexpr std::string_view passkey_purpose = "lock";

LockOutcome outcome_of(proof::LockAsked asked)
{
    LockOutcome outcome;
    outcome.result = asked.answer == rules::Answer::refused ? Result::wrong : Result::answered;
    outcome.asked = std::move(asked);
    return outcome;
}

/// The address is the account's own, or one that it had until lately.
bool is_address_of(const store::CredentialSet& credentials, const Email& email, Instant now)
{
    const auto held = credentials.channels();
    const auto old = proof::old_channels(credentials, now);
    return std::ranges::any_of(held, [&](const auto& one) { return one.address == email; }) ||
           std::ranges::any_of(old, [&](const auto& one) { return one.channel.address == email; });
}

/// Every way that refuses runs the same statements.
LockOutcome settle_message(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                           const CodeCommand& command, const std::string& code, const AccountId& nobody)
{
    const Instant now = world.clock.now();
    const auto found = store::find_lock_code(tx, world.keys, code, now);
    if (!found) {
        store::CredentialSet::load_nothing(tx, nobody);
        return {};
    }
    auto credentials = store::CredentialSet::load(tx, world.keys, found->account);
    const bool address = command.email && is_address_of(credentials, *command.email, now);
    const rules::Shown shown{Means::message, true, address, command.human_step};
    return outcome_of(
        proof::ask_lock(tx, world, credentials, shown, proof::mailbox_voice(found->channel), asker, now));
}

/// Counted once it was wrong: nothing is kept from whoever is right.
Task<LockOutcome> count_wrong(proof::World& world, proof::Asker asker, std::optional<Email> email)
{
    LockOutcome outcome;
    const Instant now = world.clock.now();
    const std::string address = email ? email->key() : std::string();
    const auto& index = world.keys.index;
    const store::BudgetKey of_network{store::BudgetKind::network, index.of("lock", asker.network)};
    const store::BudgetKey at_address{store::BudgetKind::network, index.of("lock at", address)};
    const auto by_network =
        co_await store::charge_in_window(world.database, of_network, wrong_of_network_max, wrong_window, now);
    const auto by_address =
        co_await store::charge_in_window(world.database, at_address, wrong_at_address_max, wrong_window, now);
    if (by_network && by_address) co_return outcome;
    std::vector<store::BudgetKey> keys{of_network, at_address};
    const auto spent = co_await store::read_budgets(world.database, std::move(keys));
    outcome.result = Result::wait;
    outcome.until = std::max(spent[0].window_ends_at, spent[1].window_ends_at);
    outcome.until = std::max(outcome.until, now + std::chrono::seconds{1});
    co_return outcome;
}

// --- by a code of the kit

struct KitGround {
    AccountId account;
    std::optional<store::Kit> kit;
    proof::Attempt attempt;
};

KitGround read_kit(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const std::optional<Email>& email, const AccountId& nobody)
{
    KitGround ground{nobody, std::nullopt, {}};
    ground.attempt.owner_key = email ? email->key() : "no address " + asker.network;
    const auto account = store::find_account(tx, ground.attempt.owner_key);
    ground.attempt.account_exists = account.has_value();
    ground.attempt.known_browser =
        proof::knows_browser(tx, world, asker, account.value_or(nobody), world.clock.now());
    if (!account) {
        store::CredentialSet::load_nothing(tx, nobody);
        return ground;
    }
    ground.account = *account;
    ground.kit = store::CredentialSet::load(tx, world.keys, *account).kit();
    return ground;
}

LockOutcome settle_kit(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                       const AccountId& account, const FactorId& code, const proof::Charge& charge)
{
    const Instant now = world.clock.now();
    auto credentials = store::CredentialSet::load(tx, world.keys, account);
    const auto kit = credentials.kit();
    if (!kit || std::ranges::find(kit->codes, code, &store::RecoveryCode::id) == kit->codes.end())
        return {};  // a parallel request has used it
    proof::not_a_failure(tx, charge, now);
    credentials.spend_recovery_code(code);
    const rules::Shown shown{Means::recovery_code, true, true, true};
    auto asked = proof::ask_lock(tx, world, credentials, shown, proof::kit_voice(kit->id), asker, now);
    // Spent whatever came of it. ask_lock has saved it where it changed more.
    const bool saved = asked.answer == rules::Answer::locked || asked.answer == rules::Answer::delayed ||
                       asked.answer == rules::Answer::exits_paused;
    if (!saved) credentials.save(tx, world.keys, now);
    return outcome_of(std::move(asked));
}

Task<LockOutcome> lock_by_kit(proof::World& world, proof::Asker asker, CodeCommand command)
{
    const auto nobody = world.random.id<AccountId>(world.clock.now());
    auto read = [&world, asker, email = command.email, nobody](db::Tx& tx) {
        return read_kit(tx, world, asker, email, nobody);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    LockOutcome outcome;
    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        outcome.result = Result::wait;
        outcome.until = std::max(no_try->until, world.clock.now() + std::chrono::seconds{1});
        co_return outcome;
    }
    const proof::Charge charge = std::get<proof::Charge>(admission);
    const auto checked =
        co_await proof::check_recovery_code(world, ground.account, ground.kit, std::move(command.code));
    if (checked.busy_seconds) {
        co_await proof::give_back(world, charge);
        outcome.result = Result::busy;
        outcome.busy_seconds = *checked.busy_seconds;
        co_return outcome;
    }
    if (!checked.code) co_return outcome;
    auto work = [&world, asker, account = ground.account, code = *checked.code, charge](db::Tx& tx) {
        return settle_kit(tx, world, asker, account, code, charge);
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

}  // namespace

Task<LockOutcome> lock_by_code(proof::World& world, proof::Asker asker, CodeCommand command)
{
    LockOutcome outcome;
    if (!command.human_step) co_return outcome;
    const auto code = proof::typed_stop_code(command.code);
    if (!code) {
        co_return co_await lock_by_kit(world, std::move(asker), std::move(command));
    }
    const auto nobody = world.random.id<AccountId>(world.clock.now());
    auto work = [&world, asker, &command, code, nobody](db::Tx& tx) {
        return settle_message(tx, world, asker, command, *code, nobody);
    };
    auto settled = co_await world.database.transact(std::move(work));
    if (settled.result == Result::wrong) {
        co_return co_await count_wrong(world, std::move(asker), command.email);
    }
    world.mail_is_waiting();
    co_return settled;
}

proof::PasskeyChallenge ask_passkey(const proof::World& world)
{
    return proof::make_passkey_challenge(world, passkey_purpose, {}, world.clock.now());
}

Task<LockOutcome> lock_by_passkey(proof::World& world, proof::Asker asker, std::string cookie,
                                  proof::PasskeyAnswer answer)
{
    auto expected = proof::expected_challenge(world, cookie, passkey_purpose, {});
    const auto checked = co_await proof::check_passkey(world, asker, policy::passkeys::Use::alone,
                                                       std::move(expected), std::nullopt, std::move(answer));
    LockOutcome outcome;
    if (!checked.proof) co_return outcome;
    const proof::PasskeyProof proof = *checked.proof;
    auto work = [&world, asker, proof](db::Tx& tx) -> LockOutcome {
        const Instant now = world.clock.now();
        auto credentials = store::CredentialSet::load(tx, world.keys, proof.account);
        if (!proof::use_passkey(tx, credentials, proof, asker, now)) return {};
        const rules::Shown shown{Means::passkey, true, true, true};
        return outcome_of(
            proof::ask_lock(tx, world, credentials, shown, std::string(proof::passkeys_voice), asker, now));
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

Task<LockOutcome> lock_by_session(proof::World& world, proof::Holder holder)
{
    auto work = [&world, holder](db::Tx& tx) -> LockOutcome {
        const Instant now = world.clock.now();
        const bool in_force = proof::is_in_force(tx, world, holder);
        auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        const rules::Shown shown{Means::session, in_force, true, true};
        return outcome_of(proof::ask_lock(tx, world, credentials, shown, std::string(proof::sessions_voice),
                                          holder.asker, now));
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

Task<Quiet> find_quiet_voices(proof::World& world, AccountId account, policy::Level session)
{
    auto work = [&world, account, session](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, account);
        return Quiet{proof::has_quiet_voices(credentials),
                     policy::may(session, policy::Deed::change_security_setting,
                                 proof::highest_level_of(credentials))};
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::lock
