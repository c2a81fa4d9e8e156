#include "policy/mail_breaker.h"

namespace sallyport::policy::mail_breaker {

NamedLimits named_limits(Limits& limits)
{
    constexpr Ranges ranges;
    return {{"same_a_minute_max", limits.same_a_minute_max, ranges.same_a_minute_max}};
}

Verdict judge(const Breaker& breaker, std::int64_t mails, const Limits& limits, Instant now) noexcept
{
    if (breaker.stopped_at) return {false, false, breaker};
    if (breaker.released_until && now < *breaker.released_until) return {true, false, breaker};
    Breaker after = breaker;
    // A clock that was set back begins a window, too: a count of the future would stop what is few.
    if (now >= breaker.window_began + window || now < breaker.window_began) {
        after.window_began = now;
        after.told = 0;
    }
    after.told += mails;
    const bool trips = after.told > limits.same_a_minute_max;
    if (trips) after.stopped_at = now;
    return {!trips, trips, after};
}

Breaker released(Instant now) noexcept { return {now, 0, std::nullopt, now + release}; }

}  // namespace sallyport::policy::mail_breaker
