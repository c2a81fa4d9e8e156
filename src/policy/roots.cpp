#include "policy/roots.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace sallyport::policy::roots {

Kept app(bool secret_printed) noexcept { return {.paper = secret_printed, .phone = true, .cloud = true}; }

Kept phone_number() noexcept { return {.phone = true}; }

Kept mailbox(std::int64_t provider) noexcept { return {.cloud = true, .provider = provider}; }

Kept synced_passkey(std::int64_t provider) noexcept { return {.cloud = true, .provider = provider}; }

Kept hardware(std::int64_t number)
{
    CHECK(number != 0);
    return {.hardware = number};
}

Kept kit() noexcept { return {.paper = true}; }

bool fall_together(const Kept& a, const Kept& b) noexcept
{
    if (a.paper && b.paper) return true;
    if (a.phone && b.phone) return true;
    if (a.hardware != 0 && a.hardware == b.hardware) return true;
    if (!a.cloud || !b.cloud) return false;
    return a.provider == unknown_provider || b.provider == unknown_provider || a.provider == b.provider;
}

bool stands_apart(const Kept& one, std::span<const Kept> others) noexcept
{
    for (const Kept& other : others)
        if (fall_together(one, other)) return false;
    return true;
}

std::int64_t count_roots(std::span<const Kept> all)
{
    std::vector<std::size_t> root_of(all.size());
    std::int64_t roots = 0;
    for (std::size_t a = 0; a < all.size(); ++a) {
        root_of[a] = a;
        ++roots;
        for (std::size_t b = 0; b < a; ++b) {
            const std::size_t one = root_of[a], other = root_of[b];
            if (one == other || !fall_together(all[a], all[b])) continue;
            std::ranges::replace(root_of, one, other);
            --roots;
        }
    }
    return roots;
}

std::int64_t count_approving_roots(std::span<const Kept> all)
{
    std::vector<Kept> seen(all.begin(), all.end());
    for (Kept& kept : seen) kept.phone = kept.phone || kept.cloud;
    return count_roots(seen);
}

}  // namespace sallyport::policy::roots
