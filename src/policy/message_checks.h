#pragma once
// Checking a message by its number (P11): who may ask how often, and what makes a message genuine. Whoever
// asks is a stranger: an unknown address, a number that is not ours and a number of somebody else's message
// are one answer.
#include <cstdint>

#include "base/time.h"

namespace sallyport::policy::message_checks {

struct Limits {
    std::int64_t checks_max = 20;  // of a network (an IPv4 address or an IPv6 /64) …
    Duration window = std::chrono::hours{1};
    Duration kept = std::chrono::days{180};  // messages: older ones are neither known nor listed
};

/// Checks of one network, in a window that starts with the first.
struct Count {
    std::int64_t checks = 0;
    Instant window_ends{};
    friend bool operator==(const Count&, const Count&) = default;
};
/// At or before `now`: at once.
Instant next_at(const Count& count, Instant now, const Limits& limits) noexcept;
Count after_check(const Count& count, Instant now, const Limits& limits) noexcept;

struct Facts {
    bool row_found = false;        // a message has the number's serial
    bool number_right = false;     // the number's MAC is of this serial and this recipient
    bool recipient_right = false;  // the row went to this recipient
    Instant sent_at{};
};
enum class Answer : std::uint8_t { not_ours, genuine };
/// Genuine: all of it, and not older than what is kept.
Answer judge(const Facts& facts, Instant now, const Limits& limits) noexcept;
/// Messages sent at this time or before are forgotten.
Instant forgotten_until(Instant now, const Limits& limits) noexcept;

}  // namespace sallyport::policy::message_checks
