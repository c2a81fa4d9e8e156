#pragma once
// Time is a parameter everywhere; only adapters/ reads a clock (convention 7).
#include <chrono>
#include <cstdint>

namespace sallyport {

using Duration = std::chrono::milliseconds;
/// A moment in UTC, to the millisecond.
using Instant = std::chrono::sys_time<Duration>;

/// Milliseconds since 1970-01-01 UTC: the form in which every moment is stored.
constexpr std::int64_t to_unix_ms(Instant at) noexcept { return at.time_since_epoch().count(); }
constexpr Instant from_unix_ms(std::int64_t ms) noexcept { return Instant{Duration{ms}}; }
/// Whole seconds since 1970-01-01 UTC, rounded down.
constexpr std::int64_t to_unix_seconds(Instant at) noexcept
{
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace sallyport
