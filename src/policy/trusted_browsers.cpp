#include "policy/trusted_browsers.h"

namespace sallyport::policy::trusted_browsers {

namespace {

constexpr Ranges ranges;

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {{"life", limits.life, ranges.life},
            {"challenge_life", limits.challenge_life, ranges.challenge_life},
            {"browsers_max", limits.browsers_max, ranges.browsers_max}};
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

bool may_trust(Methods shown, const profile::Table& table) noexcept
{
    if (!table.trusted_browsers || !shown.has(Method::password)) return false;
    for (const Method method : every_method)
        if (method != Method::password && method != Method::recovery_code && shown.has(method)) return true;
    return false;
}

Verdict judge(const Facts& facts, const profile::Table& table, Instant now, const Limits& limits) noexcept
{
    const bool proven = facts.password_right && facts.row_found && facts.same_account &&
                        facts.signature_right && !facts.challenge_used;
    const bool in_time =
        now < facts.challenge_made_at + limits.challenge_life && now < ends_at(facts.trusted_at, limits);
    if (!table.trusted_browsers || !proven || !in_time) return {};
    return {Answer::trusted, Level::aal1};
}

Instant ends_at(Instant trusted_at, const Limits& limits) noexcept { return trusted_at + limits.life; }

Ended ended_by(sessions::Event event) noexcept
{
    switch (event) {
    case sessions::Event::signed_out: return {};
    case sessions::Event::one_ended: return {.named = true};
    case sessions::Event::others_ended: return {.named = true, .others = true};
    case sessions::Event::password_changed:
    case sessions::Event::factor_changed:
    case sessions::Event::password_reset:
    case sessions::Event::account_locked:
    case sessions::Event::account_closed: break;
    }
    return {true, true, true};
}

}  // namespace sallyport::policy::trusted_browsers
