#include "policy/reminders.h"

namespace sallyport::policy::reminders {

bool is_worth_a_look(std::int64_t charged, const throttle::Limits& tries) noexcept
{
    return charged > 0 && charged % tries.stranger_free_tries == 0;
}

bool tells_failures(std::int64_t charged, std::optional<Instant> told, Instant now,
                    const throttle::Limits& tries, const Limits& limits) noexcept
{
    return charged >= tries.stranger_free_tries && (!told || now >= *told + limits.failures_gap);
}

bool texts_new_sign_in(std::optional<Instant> told, Instant now, const Limits& limits) noexcept
{
    return !told || now >= *told + limits.sign_in_text_gap;
}

Instant kit_is_old_at(Instant made, const Limits& limits) noexcept { return made + limits.kit_age; }

bool tells_old_kit(Instant made, std::optional<Instant> told, Instant now, const Limits& limits) noexcept
{
    return now >= kit_is_old_at(made, limits) && (!told || *told < made);
}

bool tells_end_of_hold(std::optional<Instant> last_end, std::optional<Instant> told, Instant now) noexcept
{
    return last_end && now >= *last_end && (!told || *told < *last_end);
}

Instant middle_of(Instant begun, Instant until) noexcept
{
    const Duration whole = until.time_since_epoch() - begun.time_since_epoch();
    return begun + whole / 2;
}

bool tells_middle(Instant begun, Instant until, std::optional<Instant> told, Instant now) noexcept
{
    return now >= middle_of(begun, until) && now < until && (!told || *told < begun);
}

}  // namespace sallyport::policy::reminders
