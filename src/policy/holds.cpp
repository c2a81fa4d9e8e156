#include "policy/holds.h"

#include <algorithm>
#include <vector>

namespace sallyport::policy::holds {

namespace {

constexpr Ranges ranges;
constexpr std::int64_t roots_without_delay = 2;

bool is_strong(Method method) noexcept { return method == Method::totp || is_phishing_resistant(method); }

bool is_old(const Approval& approval, Instant now, const Limits& limits) noexcept
{
    return now >= approval.created + limits.young;
}

void lengthen(ExitVerdict& verdict, Instant until, Why why) noexcept
{
    if (until <= verdict.until) return;
    verdict.until = until;
    verdict.why = why;
}

/// When the first of the factors that were shown may approve an exit, or nothing where none was.
std::optional<Instant> first_old_at(std::span<const Approval> approvals, const Limits& limits) noexcept
{
    std::optional<Instant> first;
    for (const Approval& approval : approvals)
        if (is_strong(approval.method))
            first = std::min(first.value_or(Instant::max()), approval.created + limits.young);
    return first;
}

std::int64_t approving_roots(std::span<const Approval> approvals, Instant now, const Limits& limits)
{
    std::vector<roots::Kept> kept;
    for (const Approval& approval : approvals)
        if (is_strong(approval.method) && now >= approval.created + limits.one_root)
            kept.push_back(approval.kept);
    return roots::count_approving_roots(kept);
}

}  // namespace

const char* first_out_of_range(const Limits& limits) noexcept
{
    if (!ranges.change.holds(limits.change)) return "change";
    if (!ranges.approved_change.holds(limits.approved_change)) return "approved_change";
    if (!ranges.told_nobody_else.holds(limits.told_nobody_else)) return "told_nobody_else";
    if (!ranges.one_root.holds(limits.one_root)) return "one_root";
    if (!ranges.payee.holds(limits.payee)) return "payee";
    if (!ranges.contested.holds(limits.contested)) return "contested";
    if (!ranges.young.holds(limits.young)) return "young";
    return nullptr;
}

std::string_view name_of(Cause cause) noexcept
{
    switch (cause) {
    case Cause::password_changed: return "password_changed";
    case Cause::password_reset: return "password_reset";
    case Cause::factor_added: return "factor_added";
    case Cause::factor_changed: return "factor_changed";
    case Cause::factor_removed: return "factor_removed";
    case Cause::kit_made: return "kit_made";
    case Cause::email_changed: return "email_changed";
    case Cause::phone_changed: return "phone_changed";
    case Cause::recovered: return "recovered";
    case Cause::contested: return "contested";
    case Cause::exits_paused: break;
    }
    return "exits_paused";
}

bool is_phishing_resistant(Method method) noexcept
{
    switch (method) {
    case Method::passkey:
    case Method::bound_passkey:
    case Method::touched_key: return true;
    case Method::password:
    case Method::totp:
    case Method::recovery_code:
    case Method::email_code:
    case Method::sms_code: break;
    }
    return false;
}

bool approves_apart(const Approval& approval, std::span<const roots::Kept> others, Instant now,
                    const Limits& limits) noexcept
{
    return is_phishing_resistant(approval.method) && is_old(approval, now, limits) &&
           roots::stands_apart(approval.kept, others);
}

bool told_nobody_else(std::span<const roots::Kept> told, std::span<const roots::Kept> evidence) noexcept
{
    for (const roots::Kept& channel : told)
        if (roots::stands_apart(channel, evidence)) return false;
    return true;
}

Duration hold_after(const Facts& facts, const Limits& limits) noexcept
{
    switch (facts.cause) {
    case Cause::contested: return limits.contested;
    case Cause::exits_paused: return limits.change;
    case Cause::recovered: return facts.told_nobody_else ? limits.told_nobody_else : limits.change;
    case Cause::password_changed:
    case Cause::password_reset:
    case Cause::factor_added:
    case Cause::factor_changed:
    case Cause::factor_removed:
    case Cause::kit_made:
    case Cause::email_changed:
    case Cause::phone_changed: break;
    }
    if (facts.told_nobody_else) return limits.told_nobody_else;
    return facts.approved_apart ? limits.approved_change : limits.change;
}

Instant until(std::optional<Instant> running, Instant now, Duration hold) noexcept
{
    return std::max(running.value_or(now), now + hold);
}

ExitVerdict judge_exit(const ExitFacts& facts, Instant now, const Limits& limits)
{
    if (facts.frozen) return {ExitAnswer::frozen, Why::nothing, {}};
    if (facts.session < Level::aal2) return {ExitAnswer::needs_level, Why::nothing, {}};
    const auto first_old = first_old_at(facts.approvals, limits);
    if (!facts.stepped_up || !first_old) return {ExitAnswer::needs_step_up, Why::nothing, {}};
    if (now < *first_old) return {ExitAnswer::too_young, Why::young_factor, *first_old};

    ExitVerdict verdict{ExitAnswer::go, Why::nothing, now};
    if (!facts.browser_approved)
        lengthen(verdict, facts.browser_known_since.value_or(now) + limits.young, Why::browser);
    if (facts.above_cap) {
        lengthen(verdict, facts.hold_until.value_or(now), Why::hold);
        lengthen(verdict, facts.payee_added + limits.payee, Why::payee);
        if (approving_roots(facts.approvals, now, limits) < roots_without_delay)
            lengthen(verdict, facts.asked_at + limits.one_root, Why::one_root);
    }
    if (verdict.until > now) verdict.answer = ExitAnswer::wait;
    return verdict;
}

}  // namespace sallyport::policy::holds
