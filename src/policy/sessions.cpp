#include "policy/sessions.h"

#include <algorithm>

namespace sallyport::policy::sessions {

namespace {

constexpr Ranges ranges;
static_assert(ranges.overall.most <= std::chrono::hours{24}, "NIST SP 800-63B-4, section 2.2.3");
static_assert(ranges.idle.most <= std::chrono::hours{1}, "NIST SP 800-63B-4, section 2.2.3");
static_assert(ranges.idle.most <= ranges.overall.least);

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    return {{"overall", limits.overall, ranges.overall}, {"idle", limits.idle, ranges.idle}};
}

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

Validity judge(Instant created, Instant last_seen, Instant now, const Limits& limits) noexcept
{
    if (now >= created + limits.overall) return Validity::too_old;
    if (now >= last_seen + limits.idle) return Validity::idle_too_long;
    return Validity::valid;
}

Instant ends_at(Instant created, Instant last_seen, const Limits& limits) noexcept
{
    return std::min(created + limits.overall, last_seen + limits.idle);
}

Ended ended_by(Event event) noexcept
{
    switch (event) {
    case Event::signed_out: return {.own_session = true};
    case Event::one_ended: return {.named_session = true};
    case Event::others_ended:
        return {.named_session = true, .other_sessions = true, .half_finished_sign_ins = true};
    case Event::password_changed:
    case Event::factor_changed:
        return {.named_session = true,
                .other_sessions = true,
                .half_finished_sign_ins = true,
                .open_step_ups = true};
    case Event::password_reset:
    case Event::account_locked:
    case Event::account_closed: break;
    }
    return {true, true, true, true, true, true};
}

bool makes_browser_known(Level session, Level account_highest) noexcept
{
    return session != Level::none && session >= std::min(account_highest, Level::aal2);
}

bool is_known(std::optional<Instant> last_full_sign_in, Instant now, const Limits& limits) noexcept
{
    return last_full_sign_in && now < *last_full_sign_in + limits.known_browser_life;
}

BrowserToken browser_token_after(bool full_sign_in, bool known_before) noexcept
{
    if (!full_sign_in) return BrowserToken::none;
    return known_before ? BrowserToken::keeps : BrowserToken::fresh;
}

bool tells_new_device(bool known_before) noexcept { return !known_before; }

bool is_settled(std::optional<Instant> known_since, Instant now, const Limits& limits) noexcept
{
    return known_since && now >= *known_since + limits.browser_settled;
}

}  // namespace sallyport::policy::sessions
