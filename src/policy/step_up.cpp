#include "policy/step_up.h"

namespace sallyport::policy::step_up {

bool suffices(Methods fresh, Level account_highest) noexcept
{
    if (fresh.has(Method::totp) || fresh.has(Method::passkey) || fresh.has(Method::bound_passkey))
        return true;
    if (!fresh.has(Method::password)) return false;
    return fresh.has(Method::touched_key) || account_highest <= Level::aal1;
}

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
    return suffices(fresh, account_highest) ? Verdict::right : Verdict::not_enough;
}

}  // namespace sallyport::policy::step_up
