#pragma once
// What the removal of a factor or of the password is judged by (policy/passkeys.h): the account's strong
// factors as they are now, and the browser that asks.
#include "policy/passkeys.h"
#include "proof/holder.h"
#include "store/credentials.h"

#include <vector>

namespace sallyport::proof {

/// Every strong factor, passkeys first and in their order, then apps.
struct StrongFactors {
    std::vector<policy::passkeys::Strong> all;
    bool approver_young = true;  // none that is old enough was shown at `now`
};
StrongFactors strong_factors_of(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                const std::vector<store::Passkey>& passkeys, Instant now);

/// There is a password, and it is not on its way out.
bool keeps_password(const store::CredentialSet& credentials);

/// The browser has been known for 72 hours.
bool is_settled(db::Tx& tx, const World& world, const Holder& holder, Instant now);

/// Of a session. `approved`: the step-up was given; before it, the age of what will be shown is not known.
/// `factors` outlives it.
policy::passkeys::RemoveFacts removal_facts(db::Tx& tx, const World& world, const Holder& holder,
                                            const store::CredentialSet& credentials,
                                            const StrongFactors& factors, bool approved, Instant now);

/// Two passkeys on two roots would still be there: what a removal of the password is asked once more in the
/// moment when it is due.
bool does_without_password(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                           Instant now);

}  // namespace sallyport::proof
