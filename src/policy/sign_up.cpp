#include "policy/sign_up.h"

#include <algorithm>

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
    return std::max(limits.code_tries_max - challenge.tries, std::int64_t{0});
}

namespace {

Step code_right(const Facts& facts)
{
    const bool resumes = facts.row.stage != Stage::address;
    // Somebody who read the mailbox once may have chosen the password and seen the secret in another browser.
    const bool elsewhere = resumes && !facts.own_browser;
    return {.answer = Answer::moved,
            .stage = resumes && !elsewhere ? facts.row.stage : Stage::password,
            .bind_browser = true,
            .forget_progress = elsewhere};
}

struct Move {
    Stage from;
    Stage to;
};

Move move_of(Event event)
{
    switch (event) {
    case Event::password_accepted: return {Stage::password, Stage::app};
    case Event::passkey_made: return {Stage::password, Stage::backup};
    case Event::app_code_right: return {Stage::app, Stage::backup};
    case Event::app_skipped: return {Stage::app, Stage::created};
    case Event::code_right:  // has a function of its own, above
    case Event::backup_proven: break;
    }
    return {Stage::backup, Stage::created};
}

bool is_allowed(const Facts& facts, Event event)
{
    if (event == Event::app_skipped) return !facts.second_factor_mandatory;
    return event != Event::password_accepted || !facts.hardware_key_required;
}

}  // namespace

Step step(const Facts& facts, Event event, Instant now, const Limits& limits)
{
    const Stage at = facts.row.stage;
    if (is_over(facts.row, now, limits)) return {.answer = Answer::expired, .stage = at};
    if (event == Event::code_right) return code_right(facts);
    if (!facts.own_browser) return {.answer = Answer::other_browser, .stage = at};

    const Move move = move_of(event);
    if (at != move.from || !is_allowed(facts, event)) return {.answer = Answer::not_now, .stage = at};
    return {.answer = Answer::moved, .stage = move.to, .create_account = move.to == Stage::created};
}

namespace {

std::optional<NoticeRefusal> refuse_notice_address(const NoticeFacts& facts)
{
    if (!facts.may_change_settings) return NoticeRefusal::level_too_low;
    if (facts.has_one) return NoticeRefusal::has_one;
    if (facts.same_address) return NoticeRefusal::same_address;
    if (facts.same_provider) return NoticeRefusal::same_provider;
    return std::nullopt;
}

}  // namespace

NoticeVerdict judge_notice_address(const NoticeFacts& facts, Instant now, const Limits& limits)
{
    return {refuse_notice_address(facts), now >= facts.account_created + limits.setting_up};
}

bool may_hold_secret(Stage stage) noexcept { return stage == Stage::app || stage == Stage::backup; }

bool is_over(const Row& row, Instant now, const Limits& limits) noexcept
{
    return row.stage == Stage::created || now >= row.begun + limits.row_life;
}

}  // namespace sallyport::policy::sign_up
