#include "slices/reset/stop_case.h"

#include "proof/cases.h"
#include "proof/change_stops.h"
#include "proof/codes.h"
#include "proof/open_session.h"
#include "proof/stop_code.h"
#include "proof/tries.h"
#include "store/stop_codes.h"

namespace sallyport::reset {

namespace {

namespace roads = policy::roads;

/// The code of a case or of a change: the one that is there.
struct FoundCode {
    std::optional<store::StopCode> of_case;
    std::optional<store::ChangeCode> of_change;
    [[nodiscard]] std::optional<AccountId> account() const
    {
        if (of_case) return of_case->account;
        return of_change ? std::optional(of_change->account) : std::nullopt;
    }
};

FoundCode find(db::Tx& tx, const proof::World& world, const std::string& code, Instant now)
{
    FoundCode found;
    found.of_case = store::find_stop_code(tx, world.keys, code, now);
    if (!found.of_case) found.of_change = store::find_change_code(tx, world.keys, code, now);
    return found;
}

struct Ground {
    bool known = false;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const std::string& code)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto account = find(tx, world, code, now).account();
    if (!account) return ground;
    ground.known = true;
    const auto credentials = store::CredentialSet::load(tx, world.keys, *account);
    ground.attempt.owner_key = credentials.primary_address().key();
    ground.attempt.known_browser = proof::knows_browser(tx, world, asker, *account, now);
    return ground;
}

store::BudgetKey network_key(const proof::World& world, const proof::Asker& asker)
{
    return {store::BudgetKind::network, world.keys.index.of("network", asker.network)};
}

/// Wrong codes of a network are counted like its other failures, before anything is looked at.
Task<std::optional<Instant>> charge_network(proof::World& world, proof::Asker asker)
{
    const Instant now = world.clock.now();
    const auto key = network_key(world, asker);
    const auto charged = co_await store::charge_in_window(
        world.database, key, world.throttle.network_failures_max, world.throttle.network_window, now);
    if (charged) co_return std::nullopt;
    std::vector<store::BudgetKey> keys{key};
    const auto spent = co_await store::read_budgets(world.database, std::move(keys));
    co_return std::max(spent[0].window_ends_at, now + std::chrono::seconds{1});
}

/// What the code does; true where `credentials` are to be saved.
bool stop(db::Tx& tx, const proof::World& world, store::CredentialSet& credentials, const FoundCode& found,
          policy::Methods shown, const proof::Asker& asker, StopOutcome& outcome, Instant now)
{
    if (found.of_change) {
        using policy::changes::StopAnswer;
        const auto stopped = proof::stop_by_code(tx, world, credentials, *found.of_change, shown, asker, now);
        outcome.change = stopped.answer;
        outcome.address_taken = stopped.taken;
        return stopped.answer == StopAnswer::stopped || stopped.answer == StopAnswer::undone;
    }
    const auto& open = *found.of_case;
    outcome.answer = proof::stop_case(tx, world, credentials, open.open, open.channel, shown, asker, now);
    return outcome.answer == roads::VetoAnswer::ended || outcome.answer == roads::VetoAnswer::paused;
}

/// `charge`: of the app's code, where one was typed.
StopOutcome settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const std::string& code,
                   const std::string& typed_app, const std::optional<proof::Charge>& charge)
{
    const Instant now = world.clock.now();
    StopOutcome outcome;
    const auto found = find(tx, world, code, now);
    const auto account = found.account();
    if (!account) return outcome;
    auto credentials = store::CredentialSet::load(tx, world.keys, *account);
    outcome.result = Stop::answered;
    policy::Methods beside;  // what was shown beside the code
    if (charge) {
        const auto shown = proof::check_totp(tx, world, credentials, typed_app, now);
        if (shown.answer != policy::factors::CodeAnswer::accepted) {
            outcome.result = Stop::wrong_app;
            return outcome;
        }
        beside.add(policy::Method::totp);
        proof::not_a_failure(tx, *charge, now);
    }
    const bool changed = stop(tx, world, credentials, found, beside, asker, outcome, now);
    store::refund(tx, network_key(world, asker), 1, now);
    if (changed) credentials.save(tx, world.keys, now);
    if (!found.of_case) return outcome;
    if (const auto open = proof::open_case(credentials, now)) outcome.until = open->state.enter_at;
    return outcome;
}

}  // namespace

Task<StopOutcome> stop_by_code(proof::World& world, proof::Asker asker, std::string typed_stop,
                               std::string typed_app)
{
    StopOutcome outcome;
    outcome.result = Stop::malformed;
    const auto code = proof::typed_stop_code(typed_stop);
    if (!code) co_return outcome;
    const auto blocked_until = co_await charge_network(world, asker);
    outcome.result = Stop::wait;
    outcome.until = blocked_until.value_or(Instant{});
    if (blocked_until) co_return outcome;
    auto read = [&world, asker, code](db::Tx& tx) { return read_ground(tx, world, asker, *code); };
    const auto ground = co_await world.database.transact(std::move(read));
    outcome.result = Stop::unknown;
    if (!ground.known) co_return outcome;
    std::optional<proof::Charge> charge;
    if (!typed_app.empty()) {
        const auto admission =
            co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
        if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
            outcome.result = Stop::wait;
            outcome.until = std::max(no_try->until, world.clock.now() + std::chrono::seconds{1});
            co_return outcome;
        }
        charge = std::get<proof::Charge>(admission);
    }
    auto work = [&world, asker, code, &typed_app, charge](db::Tx& tx) {
        return settle(tx, world, asker, *code, typed_app, charge);
    };
    const auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

}  // namespace sallyport::reset
