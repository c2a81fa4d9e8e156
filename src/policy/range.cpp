#include "policy/range.h"

namespace sallyport::policy {

const char* first_outside(const NamedLimits& limits) noexcept
{
    for (const NamedLimit& limit : limits)
        if (!limit.range.holds(limit.number())) return limit.name;
    return nullptr;
}

}  // namespace sallyport::policy
