#include "policy/level.h"

#include <algorithm>

namespace sallyport::policy {

Level level_of(Methods proven, bool password_alone_allowed) noexcept
{
    if (proven.has(Method::bound_passkey)) return Level::aal3;
    if (proven.has(Method::passkey)) return Level::aal2;
    if (!proven.has(Method::password)) return Level::none;
    if (proven.has(Method::totp) || proven.has(Method::touched_key)) return Level::aal2;
    const bool weak_second =
        proven.has(Method::recovery_code) || proven.has(Method::email_code) || proven.has(Method::sms_code);
    return weak_second || password_alone_allowed ? Level::aal1 : Level::none;
}

bool has_strong_factor(Methods shown) noexcept
{
    if (shown.has(Method::totp) || shown.has(Method::passkey) || shown.has(Method::bound_passkey))
        return true;
    return shown.has(Method::touched_key) && shown.has(Method::password);
}

Level highest_level(const AccountFactors& factors) noexcept
{
    if (factors.bound_passkeys > 0) return Level::aal3;
    if (factors.passkeys > 0 || factors.apps > 0 || factors.touched_keys > 0) return Level::aal2;
    return Level::aal1;
}

bool may(Level session, Deed deed, Level account_highest) noexcept
{
    if (session == Level::none) return false;
    switch (deed) {
    case Deed::view:
    case Deed::end_sessions: return true;
    case Deed::change_security_setting: return session >= std::min(account_highest, Level::aal2);
    case Deed::add_factor: return session >= account_highest;
    }
    return false;
}

}  // namespace sallyport::policy
