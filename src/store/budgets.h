#pragma once
// Counted tries and requests. A try is charged by one guarded upsert at READ COMMITTED, before any hash
// (policy.md): parallel requests, other factors and other processes draw on the same row, and the loser of a
// race is refused.
#include "base/bytes.h"
#include "base/task.h"
#include "base/time.h"
#include "db/database.h"
#include "policy/throttle.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sallyport::store {

enum class BudgetKind : std::uint8_t {
    stranger,         // guesses at one account by browsers that it does not know; key: index of the address
    known_browser,    // guesses of one known browser at one account
    pass,             // guesses with a mailed pass
    network,          // failures of one network, in a window
    wrong_second,     // wrong second factors of one account after a right password, in a window: for a notice
    passes_opened,    // mailed passes opened for one account, in a window
    mail_address,     // code mails asked for to one address, in a window
    mail_network,     // code mails asked for by one network, in a window
    code_day,         // codes asked for to one address or number by one network, in a day
    text_number,      // text messages to one number, in a window
    text_network,     // that one network asked for
    text_country,     // to numbers of one region
    text_all,         // to everybody
    password_checks,  // opinions on a new password that one session asked for, in a window
    message_checks,   // numbers of messages that one network asked about, in a window
    fake_reports,     // fakes that one network reported, in a window
    fake_contents,    // texts and pictures of them that are kept: of one network, and of all, in a window
    reports,          // on mails, from whoever has the webhook's secret, in a window
    report_secrets    // wrong secrets of one network at that webhook, in a window
};

struct Budget {
    std::int64_t charged = 0;
    Instant next_at{};          // no try before
    Instant window_ends_at{};   // for counts in a window; of tries, when they are forgotten: 0 is never
    std::int64_t searched = 0;  // of `charged`: what a search for a clock's drift cost
};

struct BudgetKey {
    BudgetKind kind;
    Bytes key;
};

/// One statement for all keys; a budget that was never charged is all zero. Answers in the order of asking
/// (at most 4).
Task<std::vector<Budget>> read_budgets(db::Database& database, std::vector<BudgetKey> keys);

/// How much of one was charged, in a transaction of the caller's.
std::int64_t charged_of(db::Tx& tx, const BudgetKey& key);

/// Charges one try that costs `cost` guesses; nullopt where the door's budget says wait or is used up, and
/// then nothing was charged. `kept_until`: as policy::throttle::forgettable_at says; nullopt is for ever.
Task<std::optional<Budget>> charge(db::Database& database, BudgetKey key, policy::throttle::Schedule schedule,
                                   std::int64_t cost, Instant now, std::optional<Instant> kept_until);

/// Charges the one search for a clock's drift that there is between two successes; nullopt where there was
/// one or its cost is not left.
Task<std::optional<Budget>> charge_search(db::Database& database, BudgetKey key,
                                          policy::throttle::Schedule schedule, std::int64_t cost);

/// Charges one of `limit` in a window that starts with the first charge; nullopt where they are used up.
Task<std::optional<Budget>> charge_in_window(db::Database& database, BudgetKey key, std::int64_t limit,
                                             Duration window, Instant now);

/// Charges one mail: at most `limit` in a window that starts with the first, `gap` between two.
Task<std::optional<Budget>> charge_mail(db::Database& database, BudgetKey key, std::int64_t limit,
                                        Duration window, Duration gap, Instant now);

/// A budget of mails in policy's words. `gap`: as it was charged with.
policy::throttle::Mails mails_of(const Budget& budget, Duration gap);

/// Gives a charge back, and the wait with it: what was charged before the work turned out to be no failure.
void refund(db::Tx& tx, const BudgetKey& key, std::int64_t cost, Instant now);
/// A success: the budget is new again.
void reset(db::Tx& tx, const BudgetKey& key);
/// Deletes what gives nobody more than they have anyway: counts whose window has ended, and tries that policy
/// lets be forgotten; at most `most`.
void forget_budgets(db::Tx& tx, Instant now, std::int64_t most);

}  // namespace sallyport::store
