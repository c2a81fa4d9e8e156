#include "policy/range.h"

#include <algorithm>

namespace sallyport::policy {

const char* first_outside(const NamedLimits& limits) noexcept
{
    const auto at = std::ranges::find_if(
        limits, [](const NamedLimit& limit) { return !limit.range.holds(limit.number()); });
    return at == limits.end() ? nullptr : at->name;
}

}  // namespace sallyport::policy
