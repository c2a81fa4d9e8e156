#include "proof/approver.h"

#include "policy/factors.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

/// The earliest, of those that were used at `used_at` where that is said.
std::optional<Instant> earliest(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                std::optional<Instant> used_at)
{
    std::optional<Instant> since;
    const auto look = [&](const auto& factor) {
        if (used_at && factor.used_at != *used_at) return;
        since = std::min(since.value_or(factor.created_at), factor.created_at);
    };
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) look(app);
    for (const store::Passkey& passkey : credentials.passkeys(tx)) look(passkey);
    return since;
}

}  // namespace

std::optional<Instant> approver_since(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                      Instant now)
{
    return earliest(tx, world, credentials, now);
}

std::optional<Instant> oldest_factor_since(db::Tx& tx, const World& world,
                                           const store::CredentialSet& credentials)
{
    return earliest(tx, world, credentials, std::nullopt);
}

bool approver_is_old(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    constexpr policy::factors::Limits limits;
    const auto since = approver_since(tx, world, credentials, now);
    return since && !policy::factors::is_young(*since, now, limits);
}

}  // namespace sallyport::proof
