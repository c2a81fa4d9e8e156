#include "proof/removals.h"

#include "policy/factors.h"
#include "policy/sessions.h"
#include "proof/changes.h"
#include "proof/open_session.h"
#include "proof/passkey_makers.h"
#include "store/known_browsers.h"

namespace sallyport::proof {

namespace {

namespace rules = policy::passkeys;

constexpr policy::factors::Limits factor_limits;

}  // namespace

StrongFactors strong_factors_of(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                const std::vector<store::Passkey>& passkeys, Instant now)
{
    StrongFactors factors;
    for (const store::Passkey& passkey : passkeys) {
        const bool young = policy::factors::is_young(passkey.created_at, now, factor_limits);
        factors.all.push_back({rules::method_of(passkey.user_verified, passkey.backup_eligible),
                               kept_in(passkey), young,
                               running_change(credentials, passkey.id.text()).has_value()});
        if (passkey.used_at == now && !young) factors.approver_young = false;
    }
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
        const bool young = policy::factors::is_young(app.created_at, now, factor_limits);
        factors.all.push_back({policy::Method::totp, policy::roots::app(true), young,
                               running_change(credentials, app.id.text()).has_value()});
        if (app.used_at == now && !young) factors.approver_young = false;
    }
    return factors;
}

bool keeps_password(const store::CredentialSet& credentials)
{
    return credentials.password().has_value() && !running_change(credentials, password_subject);
}

bool is_settled(db::Tx& tx, const World& world, const Holder& holder, Instant now)
{
    const auto browser = store::find_browser(tx, world.keys, holder.asker.browser_tokens, holder.account);
    return policy::sessions::is_settled(browser ? std::optional(browser->known_since) : std::nullopt, now,
                                        world.sessions);
}

rules::RemoveFacts removal_facts(db::Tx& tx, const World& world, const Holder& holder,
                                 const store::CredentialSet& credentials, const StrongFactors& factors,
                                 bool approved, Instant now)
{
    return {.session = holder.level,
            .account_highest = highest_level_of(credentials),
            .stepped_up = true,
            .approver_young = approved && factors.approver_young,
            .browser_settled = is_settled(tx, world, holder, now),
            .has_password = keeps_password(credentials),
            .factors = factors.all};
}

bool does_without_password(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                           Instant now)
{
    const auto factors = strong_factors_of(tx, world, credentials, credentials.passkeys(tx), now);
    const policy::Level highest = highest_level_of(credentials);
    const rules::RemoveFacts facts{.session = highest,
                                   .account_highest = highest,
                                   .stepped_up = true,
                                   .approver_young = false,
                                   .browser_settled = true,
                                   .has_password = true,
                                   .factors = factors.all};
    return rules::may_remove_password(facts) == rules::RemoveAnswer::waits;
}

}  // namespace sallyport::proof
