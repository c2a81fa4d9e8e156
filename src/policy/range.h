#pragma once
// The values that the configuration may give a limit. A range is chosen so that no value in it breaks an
// invariant. The configuration asks the policy for its limits by name (`named_limits` of each page), so that
// it has no numbers of its own.
#include "base/time.h"

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::policy {

template <class T>
struct Range {
    T least;
    T most;
    constexpr bool holds(T value) const noexcept { return least <= value && value <= most; }
};

/// One limit, its name and its range; of times the numbers are milliseconds.
struct NamedLimit {
    NamedLimit(const char* its_name, std::int64_t& its_value, Range<std::int64_t> its_range) noexcept
        : name(its_name), value(&its_value), range(its_range)
    {
    }
    NamedLimit(const char* its_name, Duration& its_value, Range<Duration> its_range) noexcept
        : name(its_name), value(&its_value), range{its_range.least.count(), its_range.most.count()}
    {
    }
    const char* name;
    std::variant<std::int64_t*, Duration*> value;
    Range<std::int64_t> range;

    [[nodiscard]] bool is_time() const noexcept { return std::holds_alternative<Duration*>(value); }
    [[nodiscard]] std::int64_t number() const noexcept
    {
        return is_time() ? std::get<Duration*>(value)->count() : *std::get<std::int64_t*>(value);
    }
};
using NamedLimits = std::vector<NamedLimit>;

/// The name of the first that is outside its range, or null.
const char* first_outside(const NamedLimits& limits) noexcept;

}  // namespace sallyport::policy
