#include "policy/reset.h"

#include <optional>

namespace sallyport::policy::reset {

namespace {

std::optional<Stage> next_of(Stage stage, Event event) noexcept
{
    const auto from = [stage](Stage awaited, Stage next) {
        return stage == awaited ? std::optional(next) : std::nullopt;
    };
    switch (event) {
    case Event::code_right: return from(Stage::code, Stage::factor);
    case Event::factor_right: return from(Stage::factor, Stage::password);
    case Event::kit_code_right: return from(Stage::factor, Stage::kit_road);
    case Event::password_accepted: break;
    }
    return from(Stage::password, Stage::done);
}

}  // namespace

Step step(const Facts& facts, Event event, Instant now, const Limits& limits)
{
    const Stage stage = facts.row.stage;
    if (!facts.same_account) return {.answer = Answer::other_account, .stage = stage};
    if (!facts.same_browser) return {.answer = Answer::other_browser, .stage = stage};
    if (now >= facts.row.begun + limits.row_life) return {.answer = Answer::expired, .stage = stage};
    if (facts.state != sign_in::AccountState::active) return {.answer = Answer::over, .stage = stage};
    const auto next = next_of(stage, event);
    if (!next) return {.answer = Answer::not_now, .stage = stage};
    return {Answer::moved, *next, *next == Stage::done, *next == Stage::kit_road};
}

bool suffices(Method method) noexcept
{
    return method == Method::totp || holds::is_phishing_resistant(method);
}

bool link_acts(bool is_post, bool same_browser) noexcept { return is_post && same_browser; }

Duration hold_after(const holds::Approval& factor, const roots::Kept& mailbox,
                    std::span<const roots::Kept> told, Instant now, const holds::Limits& limits)
{
    const std::span evidence(&mailbox, 1);
    return holds::hold_after({.cause = holds::Cause::password_reset,
                              .approved_apart = holds::approves_apart(factor, evidence, now, limits),
                              .told_nobody_else = holds::told_nobody_else(told, evidence)},
                             limits);
}

}  // namespace sallyport::policy::reset
