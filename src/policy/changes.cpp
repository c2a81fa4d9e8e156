#include "policy/changes.h"

#include <algorithm>

namespace sallyport::policy::changes {

namespace {

constexpr Ranges ranges;

}  // namespace

const char* first_out_of_range(const Limits& limits) noexcept
{
    if (!ranges.wait.holds(limits.wait)) return "wait";
    if (!ranges.long_wait.holds(limits.long_wait)) return "long_wait";
    if (!ranges.old_channel.holds(limits.old_channel)) return "old_channel";
    if (!ranges.memory.holds(limits.memory)) return "memory";
    if (!ranges.untold.holds(limits.untold)) return "untold";
    return nullptr;
}

bool is_at_once(Kind kind) noexcept
{
    switch (kind) {
    case Kind::remove_phone:
    case Kind::stop_email_codes: return true;
    case Kind::remove_passkey:
    case Kind::remove_app:
    case Kind::remove_password:
    case Kind::change_email:
    case Kind::change_phone:
    case Kind::remove_notice_address: break;
    }
    return false;
}

bool keeps_old_channel(Kind kind) noexcept
{
    switch (kind) {
    case Kind::change_email:
    case Kind::change_phone:
    case Kind::remove_notice_address:
    case Kind::remove_phone: return true;
    case Kind::remove_passkey:
    case Kind::remove_app:
    case Kind::remove_password:
    case Kind::stop_email_codes: break;
    }
    return false;
}

bool can_be_undone(Kind kind) noexcept { return kind == Kind::change_email || kind == Kind::change_phone; }

AskVerdict ask(const AskFacts& facts, const Limits& limits) noexcept
{
    if (facts.session == Level::none || (facts.session < Level::aal2 && facts.account_highest > Level::aal1))
        return {AskAnswer::needs_level, {}};
    if (!facts.stepped_up) return {AskAnswer::needs_step_up, {}};
    if (facts.last_second_factor) return {AskAnswer::last_second_factor, {}};
    if (is_at_once(facts.kind)) return {AskAnswer::at_once, {}};
    if (facts.approver_young) return {AskAnswer::too_young, {}};
    if (facts.pending_already) return {AskAnswer::pending_already, {}};
    const bool full =
        facts.session >= facts.account_highest && facts.browser_settled && !facts.stopped_lately;
    return {AskAnswer::waits, full ? limits.wait : limits.long_wait};
}

Due judge_due(const Pending& pending, const Told& told, Instant now, const Limits& limits) noexcept
{
    if (pending.state != State::asked) return Due::over;
    if (now < pending.due_at) return Due::not_yet;
    if (now >= done_at_latest(pending, limits)) return Due::now;
    if (told.kind_stopped) return Due::stopped;
    return told.delivered ? Due::now : Due::untold;
}

Instant done_at_latest(const Pending& pending, const Limits& limits) noexcept
{
    return std::max(pending.due_at, pending.asked_at + limits.untold);
}

Stopper stopper_of(Stopper channel, Methods shown) noexcept
{
    return has_strong_factor(shown) ? Stopper::strong_factor : channel;
}

StopAnswer stop(const StopFacts& facts, Instant now, const Limits& limits) noexcept
{
    const bool strong = facts.by == Stopper::strong_factor;
    if (!facts.channel_older) return StopAnswer::not_yours;
    switch (facts.pending.state) {
    case State::stopped:
    case State::undone: return StopAnswer::stopped_already;
    case State::asked:
        return !strong && facts.stopped_kind_before ? StopAnswer::once_only : StopAnswer::stopped;
    case State::done: break;
    }
    const bool in_time = now < old_channel_until(facts.pending, limits);
    if (!facts.channel_changes || !can_be_undone(facts.pending.kind) || !in_time) return StopAnswer::too_late;
    return facts.stopped_kind_before ? StopAnswer::once_only : StopAnswer::undone;
}

Instant old_channel_until(const Pending& pending, const Limits& limits) noexcept
{
    return pending.due_at + limits.old_channel;
}

}  // namespace sallyport::policy::changes
