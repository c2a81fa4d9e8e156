#include "policy/passkey_prompt.h"

namespace sallyport::policy::passkey_prompt {

bool is_proposed(const Facts& facts, const profile::Table& table, Instant now,
                 const passkeys::Limits& limits) noexcept
{
    if (!facts.signed_in_by.has(Method::email_code) && !facts.signed_in_by.has(Method::sms_code))
        return false;
    if (!table.passkey || table.hardware_key_required) return false;
    if (!may(facts.session, Deed::add_factor, facts.account_highest)) return false;
    return passkeys::may_prompt(facts.held > 0, facts.not_now_at, now, limits);
}

}  // namespace sallyport::policy::passkey_prompt
