#include "policy/lock.h"

#include <algorithm>
#include <vector>

namespace sallyport::policy::lock {

namespace {

constexpr Ranges ranges;
static_assert(ranges.wait.most + ranges.delay.most <= std::chrono::hours{72},
              "one loss keeps nobody out for longer (invariant 7)");
static_assert(ranges.wait_alone.most + 2 * ranges.delay.most <= std::chrono::days{7},
              "nor do two (invariant 7)");

static_assert(ranges.wait_alone.least >= ranges.young.most);

constexpr std::int64_t roots_at_once = 2;

Verdict while_locked(const LockFacts& facts, Instant now, const Limits& limits) noexcept
{
    Verdict verdict{Answer::stays_locked, {}, facts.said};
    const bool waits = facts.unlock_at && !is_due(facts.unlock_at, now);
    if (!waits || facts.said.spoken || facts.said.delayed) return verdict;
    verdict.answer = Answer::delayed;
    verdict.until = *facts.unlock_at + limits.delay;
    verdict.said.in_this_lock = true;
    verdict.said.delayed = true;
    return verdict;
}

Verdict while_open(const LockFacts& facts, Instant now, const Limits& limits) noexcept
{
    Verdict verdict{Answer::locked, {}, facts.said};
    if (!facts.said.spoken) {
        verdict.said = {.in_this_lock = true};
        return verdict;
    }
    verdict.answer = Answer::had_its_say;
    if (facts.said.paused) return verdict;
    verdict.answer = Answer::exits_paused;
    verdict.until = now + limits.exits_paused;
    verdict.said.paused = true;
    return verdict;
}

bool has(std::span<const holds::Approval> shown, Method method) noexcept
{
    return std::ranges::find(shown, method, &holds::Approval::method) != shown.end();
}

/// Those that are strong as they were shown: a key that was only touched is, beside the password.
std::vector<holds::Approval> strong_of(std::span<const holds::Approval> shown)
{
    std::vector<holds::Approval> strong;
    for (const holds::Approval& one : shown) {
        Methods methods{one.method};
        if (has(shown, Method::password)) methods.add(Method::password);
        if (one.method != Method::password && has_strong_factor(methods)) strong.push_back(one);
    }
    return strong;
}

/// When two roots of them are old enough; nothing where there are no two.
std::optional<Instant> two_roots_at(std::span<const holds::Approval> strong, Instant now,
                                    const Limits& limits)
{
    std::vector<holds::Approval> by_age(strong.begin(), strong.end());
    std::ranges::sort(by_age, {}, &holds::Approval::created);
    std::vector<roots::Kept> kept;
    for (const holds::Approval& one : by_age) {
        kept.push_back(one.kept);
        if (roots::count_approving_roots(kept) >= roots_at_once)
            return std::max(now, one.created + limits.young);
    }
    return std::nullopt;
}

std::optional<Instant> oldest(std::span<const holds::Approval> all) noexcept
{
    std::optional<Instant> created;
    for (const holds::Approval& one : all) created = std::min(created.value_or(one.created), one.created);
    return created;
}

/// `factor` and the mailbox.
std::optional<Instant> with_mailbox_at(std::optional<Instant> factor, std::optional<Instant> mailbox,
                                       Instant now, const Limits& limits) noexcept
{
    if (!factor || !mailbox) return std::nullopt;
    return std::max({now + limits.wait, *factor + limits.young, *mailbox + limits.young});
}

/// A passkey that verified its user, or any strong factor beside the password.
bool signs_in(const holds::Approval& strong, std::span<const holds::Approval> shown) noexcept
{
    return strong.method == Method::passkey || strong.method == Method::bound_passkey ||
           has(shown, Method::password);
}

/// By then every factor is old enough.
std::optional<Instant> alone_at(std::span<const holds::Approval> strong,
                                std::span<const holds::Approval> shown, Instant now, const Limits& limits)
{
    for (const holds::Approval& one : strong)
        if (signs_in(one, shown)) return now + limits.wait_alone;
    return std::nullopt;
}

void take_first(std::optional<Instant>& first, std::optional<Instant> other) noexcept
{
    if (other) first = std::min(first.value_or(*other), *other);
}

}  // namespace

const char* first_out_of_range(const Limits& limits) noexcept
{
    if (!ranges.code_life.holds(limits.code_life)) return "code_life";
    if (!ranges.wait.holds(limits.wait)) return "wait";
    if (!ranges.wait_alone.holds(limits.wait_alone)) return "wait_alone";
    if (!ranges.delay.holds(limits.delay)) return "delay";
    if (!ranges.exits_paused.holds(limits.exits_paused)) return "exits_paused";
    if (!ranges.young.holds(limits.young)) return "young";
    return nullptr;
}

bool suffices(const Shown& shown) noexcept
{
    switch (shown.means) {
    case Means::message:
    case Means::recovery_code: return shown.right && shown.address && shown.human_step;
    case Means::session: return shown.right && shown.human_step;
    case Means::passkey: break;
    }
    return shown.right;
}

Verdict ask(const LockFacts& facts, Instant now, const Limits& limits) noexcept
{
    if (!suffices(facts.shown)) return {};
    switch (facts.state) {
    case State::open: return while_open(facts, now, limits);
    case State::locked: return while_locked(facts, now, limits);
    case State::closed: break;
    }
    return {};
}

bool ends(Found found) noexcept
{
    switch (found) {
    case Found::session:
    case Found::half_finished_sign_in:
    case Found::step_up:
    case Found::trusted_browser:
    case Found::known_browser:
    case Found::reset:
    case Found::pending_change: return true;
    case Found::recovery_case: break;
    }
    return false;
}

UnlockVerdict judge_unlock(const UnlockFacts& facts, Instant now, const Limits& limits)
{
    if (!facts.locked) return {};
    const auto strong = strong_of(facts.shown);
    const auto at_once = two_roots_at(strong, now, limits);
    if (at_once && *at_once <= now) return {UnlockAnswer::unlocked, now};

    std::optional<Instant> at = at_once;
    take_first(at, with_mailbox_at(oldest(strong), facts.mailbox_since, now, limits));
    take_first(at, alone_at(strong, facts.shown, now, limits));
    if (!facts.has_strong_factor && has(facts.shown, Method::password))
        take_first(at, with_mailbox_at(oldest(facts.shown), facts.mailbox_since, now, limits));
    if (!at) return {};
    for (std::int64_t n = 0; n < facts.delays; ++n) *at += limits.delay;
    return {UnlockAnswer::waits, std::min(facts.unlock_at.value_or(*at), *at)};
}

bool is_due(std::optional<Instant> unlock_at, Instant now) noexcept { return unlock_at && now >= *unlock_at; }

Said after_unlock(const Said& said) noexcept
{
    Said after;
    after.spoken = said.spoken || said.in_this_lock;
    after.paused = said.paused;
    return after;
}

Said after_confirming() noexcept { return {}; }

bool only_pauses(const Said& said) noexcept { return said.spoken; }

}  // namespace sallyport::policy::lock
