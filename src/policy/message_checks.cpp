#include "policy/message_checks.h"

#include <algorithm>

namespace sallyport::policy::message_checks {

Instant next_at(const Count& count, Instant now, const Limits& limits) noexcept
{
    return count.checks < limits.checks_max ? now : std::max(now, count.window_ends);
}

Count after_check(const Count& count, Instant now, const Limits& limits) noexcept
{
    if (now >= count.window_ends) return {1, now + limits.window};
    return {count.checks + 1, count.window_ends};
}

Instant forgotten_until(Instant now, const Limits& limits) noexcept { return now - limits.kept; }

Answer judge(const Facts& facts, Instant now, const Limits& limits) noexcept
{
    if (!facts.row_found || !facts.number_right || !facts.recipient_right) return Answer::not_ours;
    return facts.sent_at > forgotten_until(now, limits) ? Answer::genuine : Answer::not_ours;
}

}  // namespace sallyport::policy::message_checks
