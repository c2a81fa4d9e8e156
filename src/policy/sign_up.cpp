#include "policy/sign_up.h"

namespace sallyport::policy::sign_up {

SendVerdict send_code(const std::optional<Challenge>& before, Instant now, const Limits& limits)
{
    if (!before || now >= before->sent_at + limits.code_life) return {true, {now, 1, 0}, {}};
    const bool none_left = before->sends >= limits.sends_max || before->tries >= limits.code_tries_max;
    const Instant next = before->sent_at + (none_left ? limits.code_life : limits.send_gap);
    if (now < next) return {false, *before, next};
    return {true, {now, before->sends + 1, before->tries}, {}};
}

CodeAnswer judge_code(const Challenge& challenge, bool code_right, Instant now, const Limits& limits)
{
    if (tries_left(challenge, limits) == 0) return CodeAnswer::spent;
    if (now >= challenge.sent_at + limits.code_life) return CodeAnswer::expired;
    return code_right ? CodeAnswer::right : CodeAnswer::wrong;
}

std::int64_t tries_left(const Challenge& challenge, const Limits& limits) noexcept
{
    return challenge.tries < limits.code_tries_max ? limits.code_tries_max - challenge.tries : 0;
}

namespace {

Step code_right(const Facts& facts)
{
    Step step{.answer = Answer::moved, .stage = facts.row.stage, .bind_browser = true};
    if (facts.row.stage == Stage::address) step.stage = Stage::password;
    if (facts.own_browser || facts.row.stage == Stage::address) return step;
    // Somebody who read the mailbox once may have chosen the password and seen the secret in the other browser.
    step.stage = Stage::password;
    step.forget_progress = true;
    return step;
}

}  // namespace

Step step(const Facts& facts, Event event, Instant now, const Limits& limits)
{
    const Stage at = facts.row.stage;
    if (is_over(facts.row, now, limits)) return {.answer = Answer::expired, .stage = at};
    if (event == Event::code_right) return code_right(facts);
    if (!facts.own_browser) return {.answer = Answer::other_browser, .stage = at};

    const Step moved_on{.answer = Answer::moved};
    Step next = moved_on;
    switch (event) {
    case Event::code_right: break;
    case Event::password_accepted:
        next.stage = Stage::app;
        if (at == Stage::password) return next;
        break;
    case Event::app_code_right:
        next.stage = Stage::backup;
        if (at == Stage::app) return next;
        break;
    case Event::app_skipped:
        next.stage = Stage::created;
        next.create_account = true;
        if (at == Stage::app && !facts.second_factor_mandatory) return next;
        break;
    case Event::backup_proven:
        next.stage = Stage::created;
        next.create_account = true;
        if (at == Stage::backup) return next;
        break;
    }
    return {.answer = Answer::not_now, .stage = at};
}

bool may_hold_secret(Stage stage) noexcept { return stage == Stage::app || stage == Stage::backup; }

bool is_over(const Row& row, Instant now, const Limits& limits) noexcept
{
    return row.stage == Stage::created || now >= row.begun + limits.row_life;
}

}  // namespace sallyport::policy::sign_up
