#pragma once
// How many guesses anybody gets, and who waits. Strangers never disable anything: each known browser has
// tries of its own, a pass mailed to the owner has its own, and only strangers wait for strangers. One budget
// an account covers every factor, challenge and flow (NIST SP 800-63B-4, section 3.2.2: at most 100
// consecutive failures).
//
// The order of one try: load Facts, `admit`, charge the door by one guarded upsert (`schedule_of` has its
// numbers), only then hash or compare. A right factor gives its own charge back (`refund`); a finished
// sign-in or step-up empties every bucket of the account (`emptied`), but never the network's.
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/range.h"

namespace sallyport::policy::throttle {

struct Limits {
    std::int64_t known_browser_tries_max = 10;  // of each known browser, between two successes
    std::int64_t stranger_free_tries = 10;      // of all strangers together, before the first wait
    std::int64_t stranger_tries_max = 100;      // of all strangers together, between two successes
    Duration first_wait = std::chrono::seconds{30};
    Duration longest_wait = std::chrono::hours{1};
    std::int64_t network_failures_max = 100;  // an IPv4 address or an IPv6 /64, over all accounts
    Duration network_window = std::chrono::hours{1};
    std::int64_t pass_tries_max = 5;       // guesses that one mailed pass lets through
    std::int64_t pass_code_tries_max = 5;  // at the mailed code itself
    Duration pass_life = std::chrono::minutes{10};
    std::int64_t passes_a_day_max = 20;  // opened, an account: only readers of the mailbox draw on it
    std::int64_t mails_max = 5;          // code mails to one address that one network may ask for …
    Duration mails_window = std::chrono::hours{24};  // … in this time
    Duration mail_gap = std::chrono::seconds{60};
    Duration nobodys_kept = std::chrono::days{90};  // tries at an address that has no account
};

struct Ranges {
    Range<std::int64_t> known_browser_tries_max{5, 20};
    Range<std::int64_t> stranger_free_tries{3, 20};
    Range<std::int64_t> stranger_tries_max{20, 100};
    Range<Duration> first_wait{std::chrono::seconds{10}, std::chrono::minutes{5}};
    Range<Duration> longest_wait{std::chrono::minutes{5}, std::chrono::hours{1}};
    Range<std::int64_t> network_failures_max{20, 1000};
    Range<Duration> network_window{std::chrono::minutes{10}, std::chrono::hours{24}};
    Range<std::int64_t> pass_tries_max{3, 5};
    Range<std::int64_t> pass_code_tries_max{3, 5};
    Range<Duration> pass_life{std::chrono::minutes{5}, std::chrono::minutes{10}};
    Range<std::int64_t> passes_a_day_max{10, 20};
    Range<std::int64_t> mails_max{3, 9};
    Range<Duration> mails_window{std::chrono::hours{1}, std::chrono::hours{24}};
    Range<Duration> mail_gap{std::chrono::seconds{30}, std::chrono::minutes{5}};
    Range<Duration> nobodys_kept{std::chrono::days{30}, std::chrono::days{400}};
};
/// All limits above, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

/// Guesses charged since the last success, and when the next one may come. `searched` of them are those of a
/// search for a clock's drift: they count towards the most, and not towards the waits.
struct Bucket {
    std::int64_t charged = 0;
    Instant next_at{};
    std::int64_t searched = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
};

/// What is known before a try. An empty row in the store is an empty Bucket.
struct Facts {
    std::optional<Bucket> known_browser;  // this browser's, if the account knows the browser
    Bucket stranger;                      // the account's
    std::optional<Bucket> pass;           // of a pass opened in this browser and not expired
    std::int64_t network_failures = 0;    // in the window that is running
    Instant network_window_ends{};
};

enum class Door : std::uint8_t { known_browser, pass, stranger };

enum class Answer : std::uint8_t {
    admit,  // charge `door`, then try
    wait,   // nothing is charged and nothing compared; `until` says when to come back, a pass helps at once
    needs_pass,  // strangers' guesses are spent until the next success: only a mailed pass helps
};

struct Verdict {
    Answer answer = Answer::wait;
    Door door = Door::stranger;  // means something with `admit` only
    Instant until{};             // means something with `wait` only
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

inline constexpr std::int64_t guess_cost = 1;
/// One search for a clock's drift over ±10 steps (factors.h): it compares many codes.
inline constexpr std::int64_t drift_search_cost = 10;

/// May a guess of this cost be made now, and at whose expense? The browser's own tries go first, then a pass,
/// then what strangers share. Neither of the first two looks at the network or at strangers.
Verdict admit(const Facts& facts, Instant now, const Limits& limits, std::int64_t cost = guess_cost);

/// The wait for strangers after the `charged`th charge: none below the free tries, then the first wait,
/// doubling.
Duration wait_after(std::int64_t charged, const Limits& limits);
/// When strangers may try next after the `charged`th charge, made at `now`.
Instant next_at_after(std::int64_t charged, Instant now, const Limits& limits);

/// The same in numbers for one SQL statement:
///   wait = CASE WHEN tries < free_tries THEN 0 WHEN tries - free_tries >= doublings THEN longest_wait_ms
///          ELSE first_wait_ms << (tries - free_tries) END       -- tries = charged - searched, with the new
///          charge
///   guard: charged + cost <= cap AND next_at <= now                -- `charged` before it
struct Schedule {
    std::int64_t free_tries = 0;
    std::int64_t first_wait_ms = 0;
    std::int64_t doublings = 0;
    std::int64_t longest_wait_ms = 0;
    std::int64_t cap = 0;
};
Schedule schedule_of(Door door, const Limits& limits);
/// The wait in milliseconds as the SQL computes it.
std::int64_t wait_ms(std::int64_t charged, const Schedule& schedule);

/// What the guarded upsert does: the bucket after the charge, or nothing where the guard refuses. A free try
/// leaves `next_at` as it is: parallel tries read their clocks in another order than they are charged.
std::optional<Bucket> charge(const Bucket& bucket, std::int64_t cost, Instant now, const Schedule& schedule);
/// What one search for a clock's drift costs the strangers' bucket, whoever asks: ten of the guesses that
/// there are between two successes, and no wait, for the code that it looks for was charged as a try already.
/// One between two successes; nothing where there was one, or where ten are no longer left.
std::optional<Bucket> charge_search(const Bucket& bucket, const Schedule& schedule,
                                    std::int64_t cost = drift_search_cost);
/// The factor was right but more is asked: its charge is given back, and the wait with it, so that the next
/// page can be answered. UPDATE … SET charged = charged - cost, next_at = min(next_at, now) WHERE
/// charged >= cost.
Bucket refund(const Bucket& bucket, std::int64_t cost, Instant now);
/// After a finished sign-in or step-up: the account's buckets are empty and a pass is spent, the network's
/// count stays.
Facts emptied(const Facts& facts);

/// When a bucket that is charged at `now` no longer matters to anybody and may be forgotten; nothing: only a
/// success empties it. A browser's when it can be known no longer, a pass's when the pass is over, strangers'
/// at an account never. An address that has no account is guarded for the looks of it only.
std::optional<Instant> forgettable_at(Door door, bool account_exists, Instant now, const Limits& limits,
                                      Duration known_browser_life);

/// The count of a network's failures after one more at `now`, and when its window ends.
struct NetworkCount {
    std::int64_t failures = 0;
    Instant window_ends{};
    friend bool operator==(const NetworkCount&, const NetworkCount&) = default;
};
NetworkCount after_failure(const NetworkCount& before, Instant now, const Limits& limits);

/// Code mails (sign-up, pass) that one network asked for to one address. Counted by address and network, so
/// that a stranger elsewhere cannot use up what the owner may ask for.
struct Mails {
    std::int64_t sent = 0;
    Instant last_sent_at{};
    Instant window_ends{};
    friend bool operator==(const Mails&, const Mails&) = default;
};
/// When the next mail may be asked for: at or before `now` means at once.
Instant next_mail_at(const Mails& mails, Instant now, const Limits& limits);
Mails after_mail(const Mails& mails, Instant now, const Limits& limits);

/// A mailed pass: asked for in one browser, opened there by the mailed code.
struct PassFacts {
    Instant sent_at{};
    std::int64_t code_tries = 0;  // charged before this one
    bool same_browser = false;
    bool opened_before = false;
    std::int64_t opened_today = 0;  // passes of this account opened in the last 24 h, before this one
};
/// In order of precedence. `too_many_today` is told only with the right code: else it told strangers that
/// there is an account.
enum class PassAnswer : std::uint8_t { other_browser, used, expired, spent, wrong, too_many_today, opens };
/// Ask with `code_right` false first: only `wrong` means that a code may be tried. Charge that try, compare,
/// and ask again with the same facts. An opened pass lives on for `pass_life`.
PassAnswer judge_pass(const PassFacts& facts, bool code_right, Instant now, const Limits& limits);
/// Asking for another mail keeps a pass that waits for its code, and its count of tries. One whose tries are
/// spent has to die of age first: when that is, or nothing where a mail may be sent now.
std::optional<Instant> pass_blocks_mail_until(const PassFacts& facts, Instant now, const Limits& limits);

}  // namespace sallyport::policy::throttle
