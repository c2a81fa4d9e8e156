#include "policy/challenge.h"

#include <algorithm>

#include "policy/phones.h"

namespace sallyport::policy::challenge {

namespace {

constexpr Ranges ranges;
constexpr SmsRanges sms_ranges;
constexpr Duration day_length = std::chrono::hours{24};
constexpr std::int64_t share_of_unproven = 2;  // one part in two

bool is_full(const Count& count, std::int64_t most, Instant now) noexcept
{
    return now < count.ends && count.sent >= most;
}

/// Why nothing reaches a number of this kind.
SmsAnswer refusal_of(NumberKind kind) noexcept
{
    if (kind == NumberKind::premium) return SmsAnswer::premium_refused;
    return kind == NumberKind::landline ? SmsAnswer::no_calls : SmsAnswer::unreachable;
}

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {{"digits", limits.digits, ranges.digits},
            {"life", limits.life, ranges.life},
            {"tries_max", limits.tries_max, ranges.tries_max},
            {"sends_max", limits.sends_max, ranges.sends_max},
            {"send_gap", limits.send_gap, ranges.send_gap},
            {"sends_a_day_max", limits.sends_a_day_max, ranges.sends_a_day_max}};
}

NamedLimits named_limits(SmsLimits& limits)
{
    return {{"number_max", limits.number_max, sms_ranges.number_max},
            {"network_max", limits.network_max, sms_ranges.network_max},
            {"country_max", limits.country_max, sms_ranges.country_max},
            {"all_max", limits.all_max, sms_ranges.all_max},
            {"number_window", limits.number_window, sms_ranges.number_window},
            {"window", limits.window, sms_ranges.window}};
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

const char* first_out_of_range(const SmsLimits& limits)
{
    SmsLimits copy = limits;
    return first_outside(named_limits(copy));
}

SendVerdict send_code(const std::optional<Challenge>& before, const Day& day, Instant now,
                      const Limits& limits)
{
    const bool dead = !before || before->used || now >= before->sent_at + limits.life;
    Instant next = before ? before->sent_at + limits.send_gap : now;
    if (!dead && (before->sends >= limits.sends_max || tries_left(*before, limits) == 0))
        next = before->sent_at + limits.life;
    if (day.sent >= limits.sends_a_day_max) next = std::max(next, day.ends);
    if (now < next) return {false, before.value_or(Challenge{}), day, next};

    const Challenge challenge =
        dead ? Challenge{now, 1, 0, false} : Challenge{now, before->sends + 1, before->tries, false};
    const Day after = now < day.ends ? Day{day.sent + 1, day.ends} : Day{1, now + day_length};
    return {true, challenge, after, {}};
}

Answer may_try(const Facts& facts, Instant now, const Limits& limits) noexcept
{
    if (!facts.same_account) return Answer::other_account;
    if (!facts.same_purpose) return Answer::other_purpose;
    if (!facts.same_browser) return Answer::other_browser;
    if (facts.challenge.used) return Answer::used;
    if (now >= facts.challenge.sent_at + limits.life) return Answer::expired;
    return tries_left(facts.challenge, limits) > 0 ? Answer::right : Answer::spent;
}

Answer judge(const Facts& facts, bool code_right, Instant now, const Limits& limits) noexcept
{
    const Answer answer = may_try(facts, now, limits);
    if (answer != Answer::right) return answer;
    return code_right ? Answer::right : Answer::wrong;
}

std::int64_t tries_left(const Challenge& challenge, const Limits& limits) noexcept
{
    return std::max(limits.tries_max - challenge.tries, std::int64_t{0});
}

SmsVerdict judge_sms(const SmsFacts& facts, Instant now, const SmsLimits& limits) noexcept
{
    const auto reach = phones::reach_of(facts.kind, facts.calls_made);
    if (reach == phones::Reach::nothing) return {refusal_of(facts.kind), {}};
    if (!facts.country_served) return {SmsAnswer::country_not_served, {}};
    if (is_full(facts.number, limits.number_max, now)) return {SmsAnswer::number_full, facts.number.ends};
    if (is_full(facts.network, limits.network_max, now)) return {SmsAnswer::network_full, facts.network.ends};
    if (is_full(facts.country, share_of(limits.country_max, facts.proven), now))
        return {SmsAnswer::busy, facts.country.ends};
    if (is_full(facts.all, share_of(limits.all_max, facts.proven), now))
        return {SmsAnswer::busy, facts.all.ends};
    const bool call =
        reach == phones::Reach::call || (facts.voice_wanted && reach == phones::Reach::text_or_call);
    return {call ? SmsAnswer::call : SmsAnswer::text, {}};
}

std::int64_t share_of(std::int64_t budget, bool proven) noexcept
{
    return proven ? budget : budget / share_of_unproven;
}

Count after_send(const Count& before, Instant now, Duration window) noexcept
{
    if (now >= before.ends) return {1, now + window};
    return {before.sent + 1, before.ends};
}

}  // namespace sallyport::policy::challenge
