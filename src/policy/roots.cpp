#include "policy/roots.h"

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
    std::vector<bool> reached(all.size());
    std::int64_t roots = 0;
    for (std::size_t first = 0; first < all.size(); ++first) {
        if (reached[first]) continue;
        ++roots;
        std::vector<std::size_t> open{first};
        while (!open.empty()) {
            const std::size_t at = open.back();
            open.pop_back();
            reached[at] = true;
            for (std::size_t i = 0; i < all.size(); ++i)
                if (!reached[i] && fall_together(all[at], all[i])) open.push_back(i);
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
