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

}  // namespace sallyport::policy::phones
