#include "policy/phones.h"

namespace sallyport::policy::phones {

Answer may(const Facts& facts, const Limits& limits) noexcept
{
    if (!facts.method_taken) return Answer::method_not_taken;
    if (!policy::may(facts.session, policy::Deed::add_factor, facts.account_highest))
        return Answer::needs_level;
    if (facts.held) return Answer::held_already;
    if (facts.deed == Deed::add_phone && facts.phones >= limits.phones_max) return Answer::too_many;
    return facts.stepped_up ? Answer::allowed : Answer::needs_step_up;
}

Reach reach_of(challenge::NumberKind kind, bool calls_made) noexcept
{
    using challenge::NumberKind;
    switch (kind) {
    case NumberKind::mobile:
    case NumberKind::fixed_or_mobile: return calls_made ? Reach::text_or_call : Reach::text;
    case NumberKind::voip: return Reach::text;
    case NumberKind::landline: return calls_made ? Reach::call : Reach::nothing;
    case NumberKind::premium:
    case NumberKind::other: break;
    }
    return Reach::nothing;
}

}  // namespace sallyport::policy::phones
