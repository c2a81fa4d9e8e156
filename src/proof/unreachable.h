#pragma once
// An address that our mails do not reach (policy/deliverability.h): the account's other channels hear of it.
#include "proof/world.h"
#include "store/credentials.h"

namespace sallyport::proof {

/// Each is told once for as long as it is marked. False where there was nothing to tell.
bool tell_unreachable(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now);

}  // namespace sallyport::proof
