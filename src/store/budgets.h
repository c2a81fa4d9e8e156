#pragma once
// Counted tries and requests. A try is charged by one guarded upsert at READ COMMITTED, before any hash (policy.md):
// parallel requests, other factors and other processes draw on the same row, and the loser of a race is refused.
#include "base/bytes.h"
#include "base/task.h"
#include "base/time.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sallyport::store {

enum class BudgetKind : std::uint8_t {
    stranger,       // guesses at one account by browsers that it does not know; key: index of the address
    known_browser,  // guesses of one known browser at one account
    pass,           // guesses with a mailed pass
    network,        // failures of one network, in a window
    mail_address,   // code mails asked for to one address, in a window
    mail_network    // code mails asked for by one network, in a window
};

struct Budget {
    std::int64_t charged = 0;
    Instant next_at{};         // no try before
    Instant window_ends_at{};  // for counts in a window
};

struct BudgetKey {
    BudgetKind kind;
    Bytes key;
};

/// One statement for all keys; a budget that was never charged is all zero. Answers in the order of asking (at most 4).
Task<std::vector<Budget>> read_budgets(db::Database& database, std::vector<BudgetKey> keys);

/// The waits of policy::throttle as SQL computes them: none below `free_tries`, then `first_wait` doubling with each
/// try, `longest_wait` from `doublings` on; never more than `cap` charges.
struct ChargeSchedule {
    std::int64_t free_tries;
    Duration first_wait;
    std::int64_t doublings;
    Duration longest_wait;
    std::int64_t cap;
};

/// Charges one try; nullopt where the budget says wait or is used up, and then nothing was charged.
Task<std::optional<Budget>> charge(db::Database& database, BudgetKey key, ChargeSchedule schedule, Instant now);

/// Charges one of `limit` in a window that starts with the first charge; nullopt where they are used up.
Task<std::optional<Budget>> charge_in_window(db::Database& database, BudgetKey key, std::int64_t limit, Duration window, Instant now);

/// Gives one charge back: what was charged before the work turned out to be no failure.
void refund(db::Tx& tx, const BudgetKey& key);
/// A success: the budget is new again.
void reset(db::Tx& tx, const BudgetKey& key);
/// Deletes budgets whose window ended, and tries not charged since `idle_since`; at most `most`.
void forget_budgets(db::Tx& tx, Instant now, Instant idle_since, std::int64_t most);

}  // namespace sallyport::store
