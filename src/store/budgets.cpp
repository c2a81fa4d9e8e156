#include "store/budgets.h"

namespace sallyport::store {

namespace {

std::string_view kind_text(BudgetKind kind)
{
    switch (kind) {
    case BudgetKind::stranger: return "stranger";
    case BudgetKind::known_browser: return "known_browser";
    case BudgetKind::pass: return "pass";
    case BudgetKind::network: return "network";
    case BudgetKind::wrong_second: return "wrong_second";
    case BudgetKind::passes_opened: return "passes_opened";
    case BudgetKind::mail_address: return "mail_address";
    case BudgetKind::mail_network: return "mail_network";
    case BudgetKind::code_day: return "code_day";
    case BudgetKind::text_number: return "text_number";
    case BudgetKind::text_network: return "text_network";
    case BudgetKind::text_country: return "text_country";
    case BudgetKind::text_all: return "text_all";
    case BudgetKind::password_checks: return "password_checks";
    case BudgetKind::message_checks: return "message_checks";
    case BudgetKind::fake_reports: return "fake_reports";
    case BudgetKind::fake_contents: return "fake_contents";
    case BudgetKind::reports: return "reports";
    case BudgetKind::report_secrets: return "report_secrets";
    }
    return {};
}

constexpr std::int64_t kept_for_ever = 0;

Budget budget_of(const db::Rows& rows, std::size_t row, std::size_t from)
{
    return {rows.integer(row, from), from_unix_ms(rows.integer(row, from + 1)),
            from_unix_ms(rows.integer(row, from + 2)), rows.integer(row, from + 3)};
}

}  // namespace

Task<std::vector<Budget>> read_budgets(db::Database& database, std::vector<BudgetKey> keys)
{
    constexpr std::size_t keys_max = 4;
    CHECK(!keys.empty() && keys.size() <= keys_max);
    const std::size_t asked = keys.size();
    while (keys.size() < keys_max) keys.push_back(keys.front());
    const std::string kinds[keys_max] = {
        std::string(kind_text(keys[0].kind)), std::string(kind_text(keys[1].kind)),
        std::string(kind_text(keys[2].kind)), std::string(kind_text(keys[3].kind))};
    const auto rows = co_await database.read(
        "SELECT kind, key, charged, next_at, window_ends_at, searched FROM budgets WHERE (kind = $1 AND key "
        "= $2) "
        "OR (kind = $3 AND key = $4) OR (kind = $5 AND key = $6) OR (kind = $7 AND key = $8)",
        kinds[0], keys[0].key, kinds[1], keys[1].key, kinds[2], keys[2].key, kinds[3], keys[3].key);
    std::vector<Budget> budgets(asked);
    for (std::size_t i = 0; i < asked; ++i)
        for (std::size_t row = 0; row < rows.size(); ++row)
            if (rows.text(row, 0) == kinds[i] && rows.bytes(row, 1) == keys[i].key)
                budgets[i] = budget_of(rows, row, 2);
    co_return budgets;
}

Task<std::optional<Budget>> charge(db::Database& database, BudgetKey key, policy::throttle::Schedule schedule,
                                   std::int64_t cost, Instant now, std::optional<Instant> kept_until)
{
    const std::string kind(kind_text(key.kind));
    const std::int64_t at = to_unix_ms(now);
    const std::int64_t until = kept_until ? to_unix_ms(*kept_until) : kept_for_ever;
    if (cost > schedule.cap) co_return std::nullopt;  // the guard below is not asked for a first charge
    const std::int64_t first_next_at =
        cost < schedule.free_tries ? 0 : at + policy::throttle::wait_ms(cost, schedule);
    // The CASE is policy::throttle::charge, written out where the count is; a contract test holds the two
    // together.
    const auto rows = co_await database.bump(
        "INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES ($1, $2, $9, $10, $11) "
        "ON CONFLICT (kind, key) DO UPDATE SET charged = budgets.charged + $9, window_ends_at = $11, "
        "next_at = CASE WHEN budgets.charged - budgets.searched + $9 < $4 THEN budgets.next_at "
        "WHEN budgets.charged - budgets.searched + $9 - $4 >= $6 THEN $3 + $7 "
        "ELSE $3 + (CAST($5 AS BIGINT) << CAST(budgets.charged - budgets.searched + $9 - $4 AS INTEGER)) END "
        "WHERE budgets.charged + $9 <= $8 AND budgets.next_at <= $3 RETURNING charged, next_at, "
        "window_ends_at, searched",
        kind, key.key, at, schedule.free_tries, schedule.first_wait_ms, schedule.doublings,
        schedule.longest_wait_ms, schedule.cap, cost, first_next_at, until);
    if (rows.empty()) co_return std::nullopt;
    co_return budget_of(rows, 0, 0);
}

Task<std::optional<Budget>> charge_search(db::Database& database, BudgetKey key,
                                          policy::throttle::Schedule schedule, std::int64_t cost)
{
    const std::string kind(kind_text(key.kind));
    if (cost > schedule.cap) co_return std::nullopt;  // the guard below is not asked for a first charge
    // policy::throttle::charge_search, held together with it by the contract test.
    const auto rows = co_await database.bump(
        "INSERT INTO budgets (kind, key, charged, next_at, window_ends_at, searched) VALUES ($1, $2, $3, 0, "
        "0, $3) ON CONFLICT (kind, key) DO UPDATE SET charged = budgets.charged + $3, searched = $3 "
        "WHERE budgets.searched = 0 AND budgets.charged + $3 <= $4 RETURNING charged, next_at, "
        "window_ends_at, searched",
        kind, key.key, cost, schedule.cap);
    if (rows.empty()) co_return std::nullopt;
    co_return budget_of(rows, 0, 0);
}

Task<std::optional<Budget>> charge_in_window(db::Database& database, BudgetKey key, std::int64_t limit,
                                             Duration window, Instant now)
{
    const std::string kind(kind_text(key.kind));
    const std::int64_t at = to_unix_ms(now);
    const std::int64_t ends = to_unix_ms(now + window);
    const auto rows = co_await database.bump(
        "INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES ($1, $2, 1, 0, $4) "
        "ON CONFLICT (kind, key) DO UPDATE SET "
        "charged = CASE WHEN budgets.window_ends_at <= $3 THEN 1 ELSE budgets.charged + 1 END, "
        "window_ends_at = CASE WHEN budgets.window_ends_at <= $3 THEN $4 ELSE budgets.window_ends_at END "
        "WHERE budgets.window_ends_at <= $3 OR budgets.charged < $5 RETURNING charged, next_at, "
        "window_ends_at, searched",
        kind, key.key, at, ends, limit);
    if (rows.empty()) co_return std::nullopt;
    co_return budget_of(rows, 0, 0);
}

Task<std::optional<Budget>> charge_mail(db::Database& database, BudgetKey key, std::int64_t limit,
                                        Duration window, Duration gap, Instant now)
{
    const std::string kind(kind_text(key.kind));
    const std::int64_t at = to_unix_ms(now);
    const std::int64_t next_at = to_unix_ms(now + gap);
    const std::int64_t ends = to_unix_ms(now + window);
    const auto rows = co_await database.bump(
        "INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES ($1, $2, 1, $4, $5) "
        "ON CONFLICT (kind, key) DO UPDATE SET next_at = $4, "
        "charged = CASE WHEN budgets.window_ends_at <= $3 THEN 1 ELSE budgets.charged + 1 END, "
        "window_ends_at = CASE WHEN budgets.window_ends_at <= $3 THEN $5 ELSE budgets.window_ends_at END "
        "WHERE budgets.next_at <= $3 AND (budgets.window_ends_at <= $3 OR budgets.charged < $6) "
        "RETURNING charged, next_at, window_ends_at, searched",
        kind, key.key, at, next_at, ends, limit);
    if (rows.empty()) co_return std::nullopt;
    co_return budget_of(rows, 0, 0);
}

policy::throttle::Mails mails_of(const Budget& budget, Duration gap)
{
    return {budget.charged, budget.next_at - gap, budget.window_ends_at};
}

void refund(db::Tx& tx, const BudgetKey& key, std::int64_t cost, Instant now)
{
    tx.execute("UPDATE budgets SET charged = charged - $3, next_at = CASE WHEN next_at > $4 THEN $4 ELSE "
               "next_at END WHERE kind = $1 AND key = $2 AND "
               "charged >= $3",
               kind_text(key.kind), key.key, cost, to_unix_ms(now));
}

std::int64_t charged_of(db::Tx& tx, const BudgetKey& key)
{
    const auto rows =
        tx.query("SELECT charged FROM budgets WHERE kind = $1 AND key = $2", kind_text(key.kind), key.key);
    return rows.empty() ? 0 : rows.integer(0, 0);
}

void reset(db::Tx& tx, const BudgetKey& key)
{
    tx.execute("DELETE FROM budgets WHERE kind = $1 AND key = $2", kind_text(key.kind), key.key);
}

void forget_budgets(db::Tx& tx, Instant now, std::int64_t most)
{
    tx.execute(
        "DELETE FROM budgets WHERE (kind, key) IN (SELECT kind, key FROM budgets WHERE window_ends_at > "
        "$2 AND window_ends_at <= $1 AND next_at <= $1 ORDER BY window_ends_at LIMIT $3)",
        to_unix_ms(now), kept_for_ever, most);
}

}  // namespace sallyport::store
