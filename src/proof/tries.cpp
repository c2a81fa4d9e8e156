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

throttle::Bucket bucket_of(const store::Budget& budget)
{
    return {budget.charged, budget.next_at, budget.searched};
}

struct Keys {
    BudgetKey stranger;
    BudgetKey browser;
    BudgetKey pass;
    BudgetKey network;
};

Keys keys_of(const World& world, const Asker& asker, const Attempt& attempt)
{
    return {stranger_key(world, attempt),
            own_key(world, BudgetKind::known_browser, attempt.known_browser.value_or(store::TokenHash{}),
                    attempt),
            own_key(world, BudgetKind::pass, attempt.pass.value_or(store::TokenHash{}), attempt),
            {BudgetKind::network, world.keys.index.of("network", asker.network)}};
}

Task<throttle::Verdict> ask_policy(World& world, const Keys& keys, const Attempt& attempt, std::int64_t cost,
                                   Instant now)
{
    const std::vector<BudgetKey> asked{keys.stranger, keys.browser, keys.pass, keys.network};
    const auto budgets = co_await store::read_budgets(world.database, asked);
    throttle::Facts facts;
    facts.stranger = bucket_of(budgets[0]);
    if (attempt.known_browser) facts.known_browser = bucket_of(budgets[1]);
    if (attempt.pass) facts.pass = bucket_of(budgets[2]);
    facts.network_failures = budgets[3].charged;
    facts.network_window_ends = budgets[3].window_ends_at;
    co_return throttle::admit(facts, now, world.throttle, cost);
}

/// Charges the network and the door; nothing where a parallel try was quicker.
Task<std::optional<Charge>> charge_door(World& world, const Keys& keys, const Attempt& attempt,
                                        throttle::Door door, std::int64_t cost, Instant now)
{
    // The network is counted for every door, and only strangers are held by it.
    const std::int64_t network_max =
        door == throttle::Door::stranger ? world.throttle.network_failures_max : INT64_MAX;
    const auto counted = co_await store::charge_in_window(world.database, keys.network, network_max,
                                                          world.throttle.network_window, now);
    if (!counted) co_return std::nullopt;
    BudgetKey account = keys.stranger;
    if (door == throttle::Door::known_browser) account = keys.browser;
    if (door == throttle::Door::pass) account = keys.pass;
    const auto schedule = throttle::schedule_of(door, world.throttle);
    const auto kept_until = throttle::forgettable_at(door, attempt.account_exists, now, world.throttle,
                                                     world.sessions.known_browser_life);
    const auto charged = co_await store::charge(world.database, account, schedule, cost, now, kept_until);
    if (charged) co_return Charge{door, cost, account, keys.network, charged->charged};
    // Nothing will be compared: that is no failure of the network's.
    auto work = [network = keys.network, now](db::Tx& tx) { store::refund(tx, network, 1, now); };
    co_await world.database.transact(std::move(work));
    co_return std::nullopt;
}

}  // namespace

std::int64_t failed_tries(db::Tx& tx, const World& world, const Email& address)
{
    return store::charged_of(tx, stranger_key(world, {address.key(), {}, {}}));
}

Task<Admission> charge_try(World& world, Asker asker, Attempt attempt, std::int64_t cost)
{
    constexpr int doors = 3;
    const Instant now = world.clock.now();
    const Keys keys = keys_of(world, asker, attempt);
    for (int asked = 0; asked < doors; ++asked) {
        const auto verdict = co_await ask_policy(world, keys, attempt, cost, now);
        if (verdict.answer != throttle::Answer::admit)
            co_return NoTry{verdict.until, verdict.answer == throttle::Answer::needs_pass};
        auto charge = co_await charge_door(world, keys, attempt, verdict.door, cost, now);
        if (charge) co_return std::move(*charge);
    }
    // Others were quicker at every door: the next try is as far away as the first wait.
    co_return NoTry{now + world.throttle.first_wait, false};
}

Task<bool> charge_search(World& world, Attempt attempt)
{
    const auto schedule = throttle::schedule_of(throttle::Door::stranger, world.throttle);
    const BudgetKey key = stranger_key(world, attempt);
    const auto charged =
        co_await store::charge_search(world.database, key, schedule, throttle::drift_search_cost);
    co_return charged.has_value();
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

void succeed(db::Tx& tx, const World& world, const Asker& asker, const Attempt& attempt,
             const std::optional<Charge>& charge, Instant now)
{
    const Keys keys = keys_of(world, asker, attempt);
    store::reset(tx, keys.stranger);
    store::reset(tx, keys.browser);
    if (attempt.pass) store::reset(tx, keys.pass);
    if (charge) store::refund(tx, charge->network, 1, now);
}

}  // namespace sallyport::proof
