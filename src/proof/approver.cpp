#include "proof/approver.h"

#include "policy/factors.h"

namespace sallyport::proof {

bool approver_is_old(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    constexpr policy::factors::Limits limits;
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys))
        if (app.used_at == now && !policy::factors::is_young(app.created_at, now, limits)) return true;
    for (const store::Passkey& passkey : credentials.passkeys(tx))
        if (passkey.used_at == now && !policy::factors::is_young(passkey.created_at, now, limits))
            return true;
    return false;
}

}  // namespace sallyport::proof
