#pragma once
// Who approves a change, as policy asks of it: in the transaction of a step-up, the factor that was used now.
#include "proof/world.h"
#include "store/credentials.h"

namespace sallyport::proof {

/// Since when the account has the strong factor that gave this step-up; of several the oldest. nullopt: none
/// did.
std::optional<Instant> approver_since(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                      Instant now);
/// Since when it has any: the best that a step-up can bring.
std::optional<Instant> oldest_factor_since(db::Tx& tx, const World& world,
                                           const store::CredentialSet& credentials);

/// The strong factor that gave this step-up is old enough to approve what takes protection away.
bool approver_is_old(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now);

}  // namespace sallyport::proof
