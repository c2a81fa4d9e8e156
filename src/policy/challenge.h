#pragma once
// Codes by e-mail and text message: as a second factor, for a step-up, a reset, a new address or number. A
// code is for one account, one purpose and one browser, and for one use; sending it again never resets the
// tries (NIST SP 800-63B-4, section 3.1.3). The tries also draw on the account's one budget (throttle.h).
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/range.h"

namespace sallyport::policy::challenge {

enum class Channel : std::uint8_t { email, text, voice };
enum class Purpose : std::uint8_t {
    second_factor,
    step_up,
    reset,
    new_address,  // an e-mail address, the account's or one for notices
    new_number,
    recovery,     // a case on a road back
    own_address,  // one of the account's own, where mails did not arrive
};

struct Limits {
    std::int64_t digits = 6;
    Duration life = std::chrono::minutes{10};
    std::int64_t tries_max = 5;  // of one challenge
    std::int64_t sends_max = 5;  // of one challenge, the first included
    Duration send_gap = std::chrono::seconds{60};
    std::int64_t sends_a_day_max = 5;  // to one address or number, asked for by one network
};
struct Ranges {
    Range<std::int64_t> digits{6, 8};
    Range<Duration> life{std::chrono::minutes{5}, std::chrono::minutes{10}};
    Range<std::int64_t> tries_max{3, 5};
    Range<std::int64_t> sends_max{2, 5};
    Range<Duration> send_gap{std::chrono::seconds{30}, std::chrono::minutes{5}};
    Range<std::int64_t> sends_a_day_max{3, 9};
};
/// All limits above, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

/// The row: of one account (or of none, for an unknown address), purpose and browser.
struct Challenge {
    Instant sent_at{};  // of the newest code: only that one is right
    std::int64_t sends = 0;
    std::int64_t tries = 0;  // charged before the code is compared
    bool used = false;
    friend bool operator==(const Challenge&, const Challenge&) = default;
};
/// Sent to one address or number at the wish of one network, in the window that runs. Counted by network, so
/// that no stranger uses up what the owner may ask for.
struct Day {
    std::int64_t sent = 0;
    Instant ends{};
    friend bool operator==(const Day&, const Day&) = default;
};

struct SendVerdict {
    bool send = false;  // make a code and store `challenge` and `day`; else nothing changes
    Challenge challenge;
    Day day;
    Instant next_send_at{};  // where `send` is false; the page is the same for an unknown address
};
/// The first code and "send a new code" are one rule. A challenge is begun anew only when its last code is
/// dead by age or use, and keeps its tries until then.
SendVerdict send_code(const std::optional<Challenge>& before, const Day& day, Instant now,
                      const Limits& limits);

/// The row that was named, compared with what is being done now.
struct Facts {
    Challenge challenge{};
    bool same_account = false;
    bool same_purpose = false;  // and, of a step-up, the same summary
    bool same_browser = false;
};
enum class Answer : std::uint8_t {
    right,  // mark it used by one guarded update (AND used = 0) in the transaction of the deed
    wrong,
    other_account,
    other_purpose,
    other_browser,
    used,
    spent,
    expired,
};
/// May a code be tried? `right` means: charge the try (guard: tries < tries_max), then compare.
Answer may_try(const Facts& facts, Instant now, const Limits& limits) noexcept;
Answer judge(const Facts& facts, bool code_right, Instant now, const Limits& limits) noexcept;
std::int64_t tries_left(const Challenge& challenge, const Limits& limits) noexcept;

// --- text messages cost money

/// Pumping: somebody has codes sent to numbers that earn from them. Numbers that an account has proven keep
/// half of each shared budget for themselves, so that a pump never silences people who are signing in.
struct SmsLimits {
    std::int64_t number_max = 5;      // to one number, in a day
    std::int64_t network_max = 10;    // wanted by an IPv4 address or an IPv6 /64, in an hour
    std::int64_t country_max = 1000;  // in an hour
    std::int64_t all_max = 5000;      // in an hour
    Duration number_window = std::chrono::hours{24};
    Duration window = std::chrono::hours{1};
};
struct SmsRanges {
    Range<std::int64_t> number_max{3, 10};
    Range<std::int64_t> network_max{3, 100};
    Range<std::int64_t> country_max{2, 1'000'000};
    Range<std::int64_t> all_max{2, 10'000'000};
    Range<Duration> number_window{std::chrono::hours{1}, std::chrono::hours{24}};
    Range<Duration> window{std::chrono::minutes{10}, std::chrono::hours{24}};
};
/// All limits above, by name.
NamedLimits named_limits(SmsLimits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const SmsLimits& limits);

enum class NumberKind : std::uint8_t {
    mobile,
    fixed_or_mobile,
    voip,
    landline,  // reached by a call only
    premium,   // and shared cost: refused
    other,     // pagers, toll-free, short and unknown numbers: nobody can be reached there
};
struct Count {
    std::int64_t sent = 0;
    Instant ends{};
    friend bool operator==(const Count&, const Count&) = default;
};
struct SmsFacts {
    NumberKind kind = NumberKind::other;
    bool proven = false;          // by this account, before
    bool voice_wanted = false;    // "call me instead"
    bool country_served = false;  // by the operator
    bool calls_made = false;      // by the operator's service, too
    Count number{}, network{}, country{}, all{};
};
enum class SmsAnswer : std::uint8_t {
    text,
    call,
    premium_refused,
    no_calls,  // a landline, and nobody calls here
    unreachable,
    country_not_served,
    number_full,
    network_full,
    busy,  // the country's or everybody's budget: offer another method
};
struct SmsVerdict {
    SmsAnswer answer = SmsAnswer::unreachable;
    Instant next_at{};  // of a full budget
};
/// A call costs what a text costs, out of the same budgets. Which numbers are called: phones::reach_of.
SmsVerdict judge_sms(const SmsFacts& facts, Instant now, const SmsLimits& limits) noexcept;
/// What the country's and everybody's budget let through: all of it to a number that the account has proven,
/// half of it to one that it has not.
std::int64_t share_of(std::int64_t budget, bool proven) noexcept;
/// One more sent at `now`.
Count after_send(const Count& before, Instant now, Duration window) noexcept;

}  // namespace sallyport::policy::challenge
