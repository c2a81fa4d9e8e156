#pragma once
// The breaker of mass alarms (product.md): once a false "your app was changed" goes to everybody, people act
// on it, and sell. More of one kind in a minute than an exchange ever sends stop, until the operator looks.
// Codes never stop: whoever could trip their breaker would keep people out.
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/range.h"

namespace sallyport::policy::mail_breaker {

/// In which mails of one kind are counted; it begins with the first.
inline constexpr Duration window = std::chrono::minutes{1};
/// So long an operator's word that a mass is meant lets its kind pass.
inline constexpr Duration release = std::chrono::hours{24};

struct Limits {
    std::int64_t same_a_minute_max = 1000;  // of one kind, to everybody together
};
struct Ranges {
    Range<std::int64_t> same_a_minute_max{60, 1'000'000};
};
NamedLimits named_limits(Limits& limits);

/// Of one kind of mail, over all processes.
struct Breaker {
    Instant window_began{};
    std::int64_t told = 0;  // in that window
    std::optional<Instant> stopped_at;
    std::optional<Instant> released_until;
    friend bool operator==(const Breaker&, const Breaker&) = default;
};

struct Verdict {
    bool leaves = false;  // all of `mails`, or none
    bool trips = false;   // it was whole until now
    Breaker after;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};
/// `mails`: of that kind, that would leave now.
Verdict judge(const Breaker& breaker, std::int64_t mails, const Limits& limits, Instant now) noexcept;

/// The operator says that the mass is meant.
Breaker released(Instant now) noexcept;

}  // namespace sallyport::policy::mail_breaker
