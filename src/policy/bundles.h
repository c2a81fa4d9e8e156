#pragma once
// When an event that may be bundled is told (ux.md, M9): the first at once, then at most one mail in fifteen
// minutes, with how often it happened.
#include <optional>

#include "base/time.h"

namespace sallyport::policy::bundles {

inline constexpr Duration every = std::chrono::minutes{15};

/// Earlier mails to this account about events of the same kind.
struct Earlier {
    bool one_waits = false;           // to the same address, and no worker has had it in hand
    std::optional<Instant> last_due;  // of those that left, or may have left
};

struct Verdict {
    bool join = false;  // the one that waits tells this event too
    Instant due_at{};   // of a mail of its own; means something without `join` only
    friend bool operator==(const Verdict&, const Verdict&) = default;
};
Verdict judge(const Earlier& earlier, Instant now) noexcept;

}  // namespace sallyport::policy::bundles
