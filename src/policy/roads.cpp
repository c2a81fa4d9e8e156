#include "policy/roads.h"

#include <algorithm>

namespace sallyport::policy::roads {

namespace {

constexpr Ranges ranges;

}  // namespace

const char* first_out_of_range(const Limits& limits) noexcept
{
    if (!ranges.kit_wait.holds(limits.kit_wait)) return "kit_wait";
    if (!ranges.gathering.holds(limits.gathering)) return "gathering";
    if (!ranges.finish_within.holds(limits.finish_within)) return "finish_within";
    if (!ranges.pause.holds(limits.pause)) return "pause";
    if (!ranges.memory.holds(limits.memory)) return "memory";
    return nullptr;
}

Terms terms_of(Road road, const Limits& limits) noexcept
{
    switch (road) {
    case Road::kit: return {{Evidence::mailed_code, Evidence::recovery_code}, limits.kit_wait};
    }
    return {};
}

Case begin(Road road, Instant now) noexcept
{
    Case open;
    open.road = road;
    open.begun = now;
    return open;
}

Instant finish_until(const Case& open, const Limits& limits) noexcept
{
    return open.enter_at + limits.finish_within;
}

Stage stage_at(const Case& open, Instant now, const Limits& limits) noexcept
{
    switch (open.stage) {
    case Stage::gathering: return now < open.begun + limits.gathering ? Stage::gathering : Stage::expired;
    case Stage::waiting:
    case Stage::ready:
        if (now < open.enter_at) return Stage::waiting;
        return now < finish_until(open, limits) ? Stage::ready : Stage::expired;
    case Stage::finished:
    case Stage::ended:
    case Stage::expired: break;
    }
    return open.stage;
}

bool is_open(Stage stage) noexcept
{
    return stage == Stage::gathering || stage == Stage::waiting || stage == Stage::ready;
}

Given give(const Case& open, Evidence evidence, Instant now, const Limits& limits) noexcept
{
    Given given{.after = open};
    const Terms terms = terms_of(open.road, limits);
    if (stage_at(open, now, limits) != Stage::gathering || !terms.needs.has(evidence)) return given;
    given.taken = true;
    given.after.given.add(evidence);
    if (!given.after.given.has_all(terms.needs)) return given;
    given.wait_begins = true;
    given.after.stage = Stage::waiting;
    given.after.enter_at = now + terms.wait;
    return given;
}

namespace {

/// What every veto finds out first: nothing where it may go on.
std::optional<VetoAnswer> nothing_to_stop(Stage stage) noexcept
{
    switch (stage) {
    case Stage::waiting:
    case Stage::ready: return std::nullopt;
    case Stage::finished: return VetoAnswer::too_late;
    case Stage::gathering:
    case Stage::ended:
    case Stage::expired: break;
    }
    return VetoAnswer::nothing;
}

}  // namespace

VetoVerdict veto(const Case& open, Channel channel, Methods shown, std::optional<Instant> last_ended_at,
                 Instant now, const Limits& limits) noexcept
{
    const auto answer = nothing_to_stop(stage_at(open, now, limits));
    if (answer) return {*answer, open};
    Case after = open;
    if (has_strong_factor(shown)) {
        after.stage = Stage::ended;
        return {VetoAnswer::ended, after, last_ended_at && now < *last_ended_at + limits.memory};
    }
    if (open.paused.has(channel)) return {VetoAnswer::once_only, open};
    after.stage = Stage::waiting;
    after.paused.add(channel);
    after.enter_at = std::max(open.enter_at, now) + limits.pause;
    return {VetoAnswer::paused, after};
}

bool can_end(Methods held) noexcept { return has_strong_factor(held); }

bool ends_case(Happening happening, Road road) noexcept
{
    switch (happening) {
    case Happening::withdrawn:
    case Happening::other_road_finished: return true;
    case Happening::kit_made: return terms_of(road, {}).needs.has(Evidence::recovery_code);
    case Happening::locked:
    case Happening::unlocked:
    case Happening::signed_in: break;
    }
    return false;
}

bool may_finish(const Case& open, bool mailed_code_right, Instant now, const Limits& limits) noexcept
{
    return mailed_code_right && stage_at(open, now, limits) == Stage::ready;
}

bool replaces(Road road, Method method) noexcept
{
    switch (road) {
    case Road::kit: break;
    }
    return method == Method::password || method == Method::totp;
}

Duration hold_after(std::span<const roots::Kept> told, std::span<const roots::Kept> evidence,
                    const holds::Limits& limits) noexcept
{
    return holds::hold_after(
        {.cause = holds::Cause::recovered, .told_nobody_else = holds::told_nobody_else(told, evidence)},
        limits);
}

Way shortest(Set<Have> have) noexcept
{
    const bool strong = have.has(Have::app) || have.has(Have::key);  // beside something else
    if (have.has(Have::passkey) || (have.has(Have::password) && strong)) return Way::sign_in;
    if (!have.has(Have::mailbox)) return Way::none_yet;
    if (strong) return Way::reset;
    return have.has(Have::recovery_code) ? Way::kit : Way::none_yet;
}

}  // namespace sallyport::policy::roads
