#include "proof/tries.h"

namespace sallyport::proof {

namespace {

namespace throttle = policy::throttle;
using store::BudgetKey;
using store::BudgetKind;

BudgetKey stranger_key(const World& world, const Attempt& attempt)
{
    return {BudgetKind::stranger, world.keys.index.of("tries", attempt.owner_key)};
}

/// Of one browser or one pass at one account.
BudgetKey own_key(const World& world, BudgetKind kind, const store::TokenHash& token, const Attempt& attempt)
{
    Bytes both(token.begin(), token.end());
    const BytesView owner = as_bytes(attempt.owner_key);
    both.insert(both.end(), owner.begin(), owner.end());
    return {kind, world.keys.index.of("own-tries", both)};
}

store::TokenHash browser_or_none(const Asker& asker)
{
    return asker.browser_token.value_or(store::TokenHash{});
}

throttle::Bucket bucket_of(const store::Budget& budget) { return {budget.charged, budget.next_at}; }

}  // namespace

Task<Admission> charge_try(World& world, Asker asker, Attempt attempt, std::int64_t cost)
{
    const Instant now = world.clock.now();
    const BudgetKey stranger = stranger_key(world, attempt);
    const BudgetKey browser = own_key(world, BudgetKind::known_browser, browser_or_none(asker), attempt);
    const BudgetKey pass =
        own_key(world, BudgetKind::pass, attempt.pass.value_or(store::TokenHash{}), attempt);
    const BudgetKey network{BudgetKind::network, world.keys.index.of("network", asker.network)};
    const std::vector<BudgetKey> keys{stranger, browser, pass, network};
    const auto budgets = co_await store::read_budgets(world.database, keys);

    throttle::Facts facts;
    facts.stranger = bucket_of(budgets[0]);
    if (attempt.known_browser) facts.known_browser = bucket_of(budgets[1]);
    if (attempt.pass) facts.pass = bucket_of(budgets[2]);
    facts.network_failures = budgets[3].charged;
    facts.network_window_ends = budgets[3].window_ends_at;
    const auto verdict = throttle::admit(facts, now, world.throttle, cost);
    if (verdict.answer != throttle::Answer::admit)
        co_return NoTry{verdict.until, verdict.answer == throttle::Answer::needs_pass};

    BudgetKey account = stranger;
    if (verdict.door == throttle::Door::known_browser) account = browser;
    if (verdict.door == throttle::Door::pass) account = pass;
    // The network is counted for every door, and only strangers are held by it.
    const bool stranger_door = verdict.door == throttle::Door::stranger;
    const std::int64_t network_max = stranger_door ? world.throttle.network_failures_max : INT64_MAX;
    const auto counted = co_await store::charge_in_window(world.database, network, network_max,
                                                          world.throttle.network_window, now);
    // Somebody took the last try between the reading and the charging: the next one is as far away as the
    // first wait.
    const NoTry too_late{now + world.throttle.first_wait, false};
    if (!counted) co_return too_late;
    const auto schedule = throttle::schedule_of(verdict.door, world.throttle);
    const auto charged = co_await store::charge(world.database, account, schedule, cost, now);
    if (!charged) {
        // Nothing will be compared: that is no failure of the network's.
        auto work = [network, now](db::Tx& tx) { store::refund(tx, network, 1, now); };
        co_await world.database.transact(std::move(work));
        co_return too_late;
    }
    co_return Charge{verdict.door, cost, account, network};
}

void not_a_failure(db::Tx& tx, const Charge& charge, Instant now)
{
    store::refund(tx, charge.account, charge.cost, now);
    store::refund(tx, charge.network, 1, now);
}

Task<void> give_back(World& world, Charge charge)
{
    const Instant now = world.clock.now();
    auto work = [charge = std::move(charge), now](db::Tx& tx) { not_a_failure(tx, charge, now); };
    co_await world.database.transact(std::move(work));
}

void succeed(db::Tx& tx, const World& world, const Asker& asker, const Attempt& attempt, const Charge& charge,
             Instant now)
{
    store::reset(tx, stranger_key(world, attempt));
    store::reset(tx, own_key(world, BudgetKind::known_browser, browser_or_none(asker), attempt));
    if (attempt.pass) store::reset(tx, own_key(world, BudgetKind::pass, *attempt.pass, attempt));
    store::refund(tx, charge.network, 1, now);
}

}  // namespace sallyport::proof
