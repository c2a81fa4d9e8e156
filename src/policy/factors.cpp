#include "policy/factors.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"

namespace sallyport::policy::factors {

namespace {

/// The drift of smallest size whose two steps, now+d-1 and now+d, hold the match.
std::int64_t drift_of(std::int64_t offset)
{
    return std::clamp(offset < 0 ? offset + 1 : offset, -drift_max, drift_max);
}

AddVerdict may_change(const AddFacts& facts)
{
    if (!may(facts.session, Deed::add_factor, facts.account_highest)) return AddVerdict::needs_level;
    if (!facts.stepped_up) return AddVerdict::needs_step_up;
    return AddVerdict::allowed;
}

}  // namespace

Steps accepted_steps(std::int64_t now_step, std::int64_t drift, bool enrolment)
{
    CHECK(std::abs(drift) <= drift_max);
    if (enrolment) return {now_step - 1, now_step + 1};
    return {now_step + drift - 1, now_step + drift};
}

CodeVerdict judge_code(const CodeFacts& facts)
{
    if (!facts.matched) return {};
    const std::int64_t step = *facts.matched;
    if (!accepted_steps(facts.now_step, facts.drift, facts.enrolment).holds(step)) return {};
    if (facts.last_step && step <= *facts.last_step) return {CodeAnswer::replayed, step, facts.drift};
    return {CodeAnswer::accepted, step, drift_of(step - facts.now_step)};
}

bool may_search_drift(std::int64_t failures) noexcept { return failures >= drift_search_after; }

Steps drift_search(std::int64_t now_step) noexcept
{
    return {now_step - drift_search_steps, now_step + drift_search_steps};
}

std::optional<Duration> name_drift(std::int64_t now_step, std::optional<std::int64_t> matched) noexcept
{
    if (!matched || !drift_search(now_step).holds(*matched)) return std::nullopt;
    return std::chrono::seconds{(*matched - now_step) * step_seconds};
}

bool is_young(Instant created, Instant now, const Limits& limits) noexcept
{
    return now < created + limits.young;
}

bool may_approve_weakening(Instant created, Instant now, const Limits& limits) noexcept
{
    return !is_young(created, now, limits);
}

AddVerdict may_add_app(const AddFacts& facts, const Limits& limits)
{
    const AddVerdict verdict = may_change(facts);
    if (verdict != AddVerdict::allowed) return verdict;
    return facts.apps < limits.apps_max ? AddVerdict::allowed : AddVerdict::too_many;
}

AddVerdict may_replace_app(const AddFacts& facts)
{
    const AddVerdict verdict = may_change(facts);
    if (verdict != AddVerdict::allowed) return verdict;
    if (facts.replacement_running) return AddVerdict::replacement_running;
    return facts.approver_young ? AddVerdict::too_young : AddVerdict::allowed;
}

AddVerdict may_make_kit(const AddFacts& facts, const KitFacts& kit)
{
    const AddVerdict verdict = may_change(facts);
    if (verdict != AddVerdict::allowed) return verdict;
    const bool kills = kit.codes_left > 0 && kit.older_than_approver;
    return kills && facts.approver_young ? AddVerdict::too_young : AddVerdict::allowed;
}

Duration replaced_app_ends_after(bool another_old_app_stays, const Limits& limits) noexcept
{
    return another_old_app_stays ? limits.removal : std::max(limits.young, limits.removal);
}

SetUp set_up_step(SetUpKind kind, SetUp stage, SetUpEvent event)
{
    switch (event) {
    case SetUpEvent::code_right:
        return kind == SetUpKind::app && stage == SetUp::shown ? SetUp::code_proven : stage;
    case SetUpEvent::backup_proven:
        return kind == SetUpKind::kit || stage == SetUp::code_proven ? SetUp::finished : stage;
    }
    return stage;
}

}  // namespace sallyport::policy::factors
