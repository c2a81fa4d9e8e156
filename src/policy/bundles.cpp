#include "policy/bundles.h"

#include <algorithm>

namespace sallyport::policy::bundles {

Verdict judge(const Earlier& earlier, Instant now) noexcept
{
    if (earlier.one_waits) return {.join = true};
    return {false, earlier.last_due ? std::max(now, *earlier.last_due + every) : now};
}

}  // namespace sallyport::policy::bundles
