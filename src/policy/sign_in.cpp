#include "policy/sign_in.h"

namespace sallyport::policy::sign_in {

namespace {
constexpr Ranges ranges;
}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {{"half_finished_life", limits.half_finished_life, ranges.half_finished_life}};
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

bool compares_password(AccountState state) noexcept { return state != AccountState::closed; }

FirstVerdict after_first_factor(const FirstFacts& facts)
{
    if (!facts.account_known || !facts.password_right) return {};
    if (facts.state == AccountState::closed) return {};

    FirstVerdict verdict;
    verdict.next = Next::unlock;
    if (facts.state == AccountState::locked) return verdict;
    verdict.methods = profile::chooser(facts.held, facts.used_here, facts.table);
    if (!verdict.methods.empty()) {
        verdict.next = Next::ask_second_factor;
        return verdict;
    }
    verdict.next = Next::signed_in;
    verdict.level = Level::aal1;
    verdict.must_add_factor = facts.second_factor_mandatory;
    return verdict;
}

AloneVerdict after_passkey(const AloneFacts& facts)
{
    if (facts.state == AccountState::closed) return {};
    const Level level = profile::level_under(facts.table, {facts.method}, false);
    if (level == Level::none) return {};
    if (facts.state == AccountState::locked) return {.unlock = true};
    return {.signed_in = true, .level = level};
}

SecondVerdict after_second_factor(const SecondFacts& facts, Instant now, const Limits& limits)
{
    SecondVerdict verdict;
    if (facts.state != AccountState::active || now >= facts.begun + limits.half_finished_life) return verdict;
    if (facts.right) {
        verdict.level = profile::level_under(facts.table, {Method::password, facts.method}, false);
        verdict.answer = verdict.level == Level::none ? SecondAnswer::wrong : SecondAnswer::signed_in;
        verdict.tell_code_used = facts.method == Method::recovery_code;
        return verdict;
    }
    const std::int64_t wrong = facts.wrong_before + 1;
    verdict.answer = SecondAnswer::wrong;
    verdict.say_clock = facts.method == Method::totp && wrong >= limits.clock_line_after;
    verdict.tell_stopped = wrong % limits.stopped_notice_every == 0;
    return verdict;
}

}  // namespace sallyport::policy::sign_in
