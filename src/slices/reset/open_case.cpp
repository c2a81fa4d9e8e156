#include "slices/reset/open_case.h"

#include "proof/cases.h"
#include "proof/codes.h"
#include "proof/open_session.h"
#include "proof/tries.h"

#include <algorithm>

namespace sallyport::reset {

namespace {

namespace rules = policy::reset;

struct Ground {
    bool awaited = false;
    bool over = true;
    std::optional<AccountId> account;
    std::optional<store::Kit> kit;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::TokenHash& secret)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found) return ground;
    ground.over = false;
    if (found->progress.stage != rules::Stage::factor) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    const auto step = rules::step(facts_of(*found, credentials), rules::Event::kit_code_right, now, limits);
    ground.awaited = step.answer == rules::Answer::moved;
    ground.over = !ground.awaited;
    ground.account = credentials.account();
    ground.kit = credentials.kit();
    ground.attempt.owner_key = found->progress.email.key();
    ground.attempt.known_browser = proof::knows_browser(tx, world, asker, credentials.account(), now);
    if (found->progress.has_pass) ground.attempt.pass = secret;
    return ground;
}

Opened settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
              const store::TokenHash& secret, const FactorId& code, const proof::Charge& charge)
{
    const Instant now = world.clock.now();
    auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found) return Opened::over;
    if (found->progress.stage != rules::Stage::factor) return Opened::not_now;
    auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    const auto step = rules::step(facts_of(*found, credentials), rules::Event::kit_code_right, now, limits);
    if (!step.open_case) return Opened::over;
    const auto kit = credentials.kit();
    if (!kit || std::ranges::find(kit->codes, code, &store::RecoveryCode::id) == kit->codes.end())
        return Opened::wrong;  // a parallel request has used it
    // Where a case is open already its clock stays, and the code is not needed.
    if (!proof::open_case(credentials, now)) credentials.spend_recovery_code(code);
    const auto open = proof::begin_case(tx, world, credentials, asker, now);
    credentials.save(tx, world.keys, now);
    proof::not_a_failure(tx, charge, now);
    found->progress.stage = step.stage;
    found->progress.held_until = open.state.enter_at;
    save(tx, world, *found);
    return Opened::waiting;
}

}  // namespace

Task<OpenOutcome> open_by_kit(proof::World& world, proof::Asker asker, store::TokenHash secret,
                              std::string typed)
{
    auto read = [&world, asker, secret](db::Tx& tx) { return read_ground(tx, world, asker, secret); };
    const auto ground = co_await world.database.transact(std::move(read));
    OpenOutcome outcome;
    if (!ground.awaited) {
        outcome.answer = ground.over ? Opened::over : Opened::not_now;
        co_return outcome;
    }
    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        outcome.answer = Opened::wait;
        outcome.until = no_try->until;
        outcome.needs_pass = no_try->needs_pass;
        co_return outcome;
    }
    const proof::Charge charge = std::get<proof::Charge>(admission);
    const auto checked =
        co_await proof::check_recovery_code(world, *ground.account, ground.kit, std::move(typed));
    outcome.answer = Opened::wrong;
    if (checked.busy_seconds) {
        co_await proof::give_back(world, charge);
        outcome.answer = Opened::busy;
        outcome.busy_seconds = *checked.busy_seconds;
    }
    if (!checked.code) co_return outcome;
    auto work = [&world, asker, secret, code = *checked.code, charge](db::Tx& tx) {
        return settle(tx, world, asker, secret, code, charge);
    };
    const auto opened = co_await world.database.transact(std::move(work));
    outcome.answer = opened;
    world.mail_is_waiting();
    co_return outcome;
}

}  // namespace sallyport::reset
