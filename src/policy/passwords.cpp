#include "policy/passwords.h"

namespace sallyport::policy::passwords {

namespace {

constexpr Ranges ranges;
static_assert(ranges.with_second_factor_min.least >= 8, "NIST SP 800-63B-4, section 3.1.1.2");
static_assert(ranges.alone_min.least >= 15, "NIST SP 800-63B-4, section 3.1.1.2");
static_assert(ranges.code_points_max.least >= 64, "NIST SP 800-63B-4, section 3.1.1.2");
static_assert(ranges.alone_min.most <= ranges.code_points_max.least);

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {
        {"with_second_factor_min", limits.with_second_factor_min, ranges.with_second_factor_min},
        {"alone_min", limits.alone_min, ranges.alone_min},
        {"code_points_max", limits.code_points_max, ranges.code_points_max},
        {"remembered", limits.remembered, ranges.remembered},
    };
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

std::int64_t least_length(bool has_second_factor, const Limits& limits) noexcept
{
    return has_second_factor ? limits.with_second_factor_min : limits.alone_min;
}

std::optional<Refusal> judge(const Facts& facts, const Limits& limits)
{
    if (!facts.well_formed) return Refusal::malformed;
    if (facts.code_points > limits.code_points_max) return Refusal::too_long;
    if (facts.code_points < least_length(facts.has_second_factor, limits)) return Refusal::too_short;
    if (facts.is_own_name) return Refusal::own_name;
    if (facts.is_operator_name) return Refusal::operator_name;
    if (facts.in_blocklist) return Refusal::blocklisted;
    if (facts.matches_current) return Refusal::is_current;
    if (facts.matches_old) return Refusal::is_old;
    if (facts.in_breach_range) return Refusal::breached;
    return std::nullopt;
}

}  // namespace sallyport::policy::passwords
