#include "policy/step_up.h"

namespace sallyport::policy::step_up {

namespace {
constexpr Ranges ranges;
}  // namespace

NamedLimits named_limits(Limits& limits) { return {{"life", limits.life, ranges.life}}; }

const char* first_out_of_range(const Limits& limits)
{
    Limits copy = limits;
    return first_outside(named_limits(copy));
}

bool suffices(Methods fresh, Level account_highest, Deed deed, bool weak_second_held) noexcept
{
    if (has_strong_factor(fresh)) return true;
    if (!fresh.has(Method::password)) return false;
    switch (weak_proof(account_highest, deed, weak_second_held)) {
    case WeakProof::none: return false;
    case WeakProof::password: return true;
    case WeakProof::password_and_code: break;
    }
    return fresh.has(Method::email_code) || fresh.has(Method::sms_code) || fresh.has(Method::recovery_code);
}

WeakProof weak_proof(Level account_highest, Deed deed, bool weak_second_held) noexcept
{
    if (account_highest > Level::aal1) return WeakProof::none;
    switch (deed) {
    case Deed::takes: return WeakProof::none;
    case Deed::adds_code: return weak_second_held ? WeakProof::none : WeakProof::password;
    case Deed::adds:
    case Deed::keeps: break;
    }
    return weak_second_held ? WeakProof::password_and_code : WeakProof::password;
}

Ways ways(Methods held, Level account_highest, Deed deed) noexcept
{
    Ways ways;
    ways.passkey = held.has(Method::passkey) || held.has(Method::bound_passkey);
    ways.app_code = held.has(Method::totp);
    if (!held.has(Method::password)) return ways;
    ways.key_after_password = held.has(Method::touched_key);
    const bool weak_second = held.has(Method::email_code) || held.has(Method::sms_code);
    ways.weak = weak_proof(account_highest, deed, weak_second);
    return ways;
}

Deed deed_of_kit(std::int64_t codes_left) noexcept { return codes_left > 0 ? Deed::takes : Deed::adds; }

Verdict may_prove(const Facts& facts, Instant now, const Limits& limits) noexcept
{
    if (!facts.same_account) return Verdict::other_account;
    if (!facts.same_session) return Verdict::other_session;
    if (!facts.same_purpose) return Verdict::other_purpose;
    if (!facts.same_summary) return Verdict::other_summary;
    if (facts.used) return Verdict::used;
    if (now >= facts.asked_at + limits.life) return Verdict::expired;
    return Verdict::right;
}

Verdict judge(const Facts& facts, Methods fresh, Level account_highest, Instant now,
              const Limits& limits) noexcept
{
    const Verdict verdict = may_prove(facts, now, limits);
    if (verdict != Verdict::right) return verdict;
    return suffices(fresh, account_highest, facts.deed, facts.weak_second_held) ? Verdict::right
                                                                                : Verdict::not_enough;
}

}  // namespace sallyport::policy::step_up
