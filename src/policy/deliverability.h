#pragma once
// What answers to our mails say of an address: whether somebody still reads there. A mark is shown, told
// elsewhere and makes changes wait (changes.h); it never makes us send less, for whoever could bring about
// that notices stop would act unseen. Status codes are those of RFC 3463.
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/range.h"

namespace sallyport::policy::deliverability {

struct Limits {
    std::int64_t failures = 3;                        // in a row, of different mails, over
    Duration failures_over = std::chrono::hours{72};  // at least this time
    /// No failure for so long after a relay took a mail: it arrives again. Longer than relays try
    /// (RFC 5321 section 4.5.4.1: 4 to 5 days).
    Duration quiet = std::chrono::days{6};
    Duration report_life = std::chrono::days{14};  // after a mail was made, a report on it is believed
    Duration junk_shown = std::chrono::days{30};   // so long the account says that mail was called junk
};
struct Ranges {
    Range<std::int64_t> failures{2, 20};
    Range<Duration> failures_over{std::chrono::hours{24}, std::chrono::days{30}};
    Range<Duration> quiet{std::chrono::days{5}, std::chrono::days{30}};
    Range<Duration> report_life{std::chrono::days{7}, std::chrono::days{30}};
    Range<Duration> junk_shown{std::chrono::days{7}, std::chrono::days{180}};
};
NamedLimits named_limits(Limits& limits);

/// Class, subject and detail; 5.0.0 where an answer had a class only, zeros where it had none.
struct Status {
    std::int64_t kind = 0;
    std::int64_t subject = 0;
    std::int64_t detail = 0;
    friend bool operator==(const Status&, const Status&) = default;
};

enum class Heard : std::uint8_t {
    nothing,    // of our message, our sending or the relay; or nothing at all
    accepted,   // a relay took a mail
    temporary,  // this mail did not arrive; another one may
    gone,       // nobody reads there
    unwanted,   // it arrived, and was called junk
};
/// Of a mail that was not delivered.
Heard meaning_of(const Status& status) noexcept;

/// Of one address of one account.
struct Standing {
    std::int64_t failures = 0;  // in a row
    std::optional<Instant> first_failure_at{};
    std::optional<Instant> undeliverable_since{};
    std::optional<Instant> accepted_at{};    // the first since the last failure
    std::optional<Instant> complained_at{};  // the last time
    bool told = false;                       // the other channels heard that it is undeliverable
    friend bool operator==(const Standing&, const Standing&) = default;
};
Standing after(const Standing& before, Heard heard, Instant now, const Limits& limits) noexcept;
/// As it is now: a mark that was outlived is gone.
Standing settled(const Standing& standing, Instant now, const Limits& limits) noexcept;
bool is_undeliverable(const Standing& standing, Instant now, const Limits& limits) noexcept;
bool is_called_junk(const Standing& standing, Instant now, const Limits& limits) noexcept;
/// The other channels are to hear of it now.
bool is_to_be_told(const Standing& standing, Instant now, const Limits& limits) noexcept;

/// A report that came by mail or webhook. Everybody who saw the mail saw its tag: what counts is one report
/// on a mail that was just sent, and all that it brings about is above.
struct ReportFacts {
    bool tag_right = false;      // its MAC is ours
    bool message_found = false;  // among those that were sent
    bool handed_over = false;    // a relay took it, or may have taken it
    bool reported = false;       // it has a report already
    bool address_held = false;   // the address is the account's still
    Instant made_at{};
};
enum class ReportAnswer : std::uint8_t {
    counts,
    message_only,  // noted at the message: no account has the address
    forged,
    unknown,
    too_old,
    reported_before,
};
ReportAnswer judge_report(const ReportFacts& facts, Instant now, const Limits& limits) noexcept;

/// How often the webhook takes a report: whoever sends them keeps what is put off, and sends it again.
struct IntakeLimits {
    std::int64_t reports_max = 3000;      // of everybody who has the secret, in a window
    std::int64_t wrong_secrets_max = 10;  // of one network, in a window: then nobody there is heard in it
    Duration window = std::chrono::minutes{1};
};
/// What came in a window that starts with the first.
struct Intake {
    std::int64_t count = 0;
    Instant window_ends{};
};
/// When one more is taken where `most` are; at or before `now`: at once.
Instant next_intake_at(const Intake& intake, std::int64_t most, Instant now) noexcept;

}  // namespace sallyport::policy::deliverability
