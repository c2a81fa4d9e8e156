#include "slices/sign_in/held.h"

#include <algorithm>

namespace sallyport::sign_in {

using policy::Method;

policy::Methods held_methods(const store::CredentialSet& credentials)
{
    policy::Methods held;
    const auto passkeys = credentials.passkey_counts();
    if (passkeys.bound > 0) held.add(Method::bound_passkey);
    if (passkeys.synced > 0) held.add(Method::passkey);
    if (passkeys.touched > 0) held.add(Method::touched_key);
    if (credentials.totp_app_count() > 0) held.add(Method::totp);
    if (credentials.email_codes_since()) held.add(Method::email_code);
    if (!credentials.phones().empty()) held.add(Method::sms_code);
    const auto kit = credentials.kit();
    if (kit && !kit->codes.empty()) held.add(Method::recovery_code);
    return held;
}

std::vector<Choice> choices_of(const proof::World& world, const store::CredentialSet& credentials,
                               policy::Methods used_here)
{
    const auto kit = credentials.kit();
    std::vector<Choice> choices;
    for (const Method method :
         policy::profile::chooser(held_methods(credentials), used_here, world.methods)) {
        const auto same_page = [&](const Choice& one) { return is_key(one.method) && is_key(method); };
        if (std::ranges::any_of(choices, same_page)) continue;
        const bool counted = method == Method::recovery_code && kit;
        choices.push_back(
            {method, counted ? static_cast<std::int64_t>(kit->codes.size()) : 0, used_here.has(method)});
    }
    return choices;
}

bool is_key(Method method) noexcept
{
    return method == Method::passkey || method == Method::bound_passkey || method == Method::touched_key;
}

}  // namespace sallyport::sign_in
