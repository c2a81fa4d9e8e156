#pragma once
// Who approves a change, as policy asks of it: in the transaction of a step-up, the factor that was used now.
#include "proof/world.h"
#include "store/credentials.h"

namespace sallyport::proof {

/// The strong factor that gave this step-up is old enough to approve what takes protection away.
bool approver_is_old(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now);

}  // namespace sallyport::proof
