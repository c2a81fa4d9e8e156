#pragma once
// Where mailboxes are kept, as far as their domains tell: policy counts roots by it (policy/roots.h), and
// whether anybody else heard of a change.
#include "base/email.h"
#include "policy/holds.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <vector>

namespace sallyport::proof {

/// Two addresses of one domain, or of one of the great mail houses, are one provider's.
policy::roots::Kept mailbox_of(const Email& email);

/// Every channel that hears of a change made now. One that is younger than 72 hours may have come with the
/// one who makes it: it counts as the primary mailbox's own.
std::vector<policy::roots::Kept> told_of(const store::CredentialSet& credentials, Instant now);

/// The factor `passkey` as policy asks for it. Which cloud a mailbox of an own domain is in is not known: a
/// passkey that is kept in a cloud may be kept with it.
policy::roots::Kept apart_from_mailbox(policy::roots::Kept passkey, const Email& mailbox);

/// Starts a hold of this length; the longest that runs counts, and none is shortened. Gives its end, which is
/// told when it is there. The caller saves `credentials`.
Instant start_hold(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                   policy::holds::Cause cause, Duration hold, Instant now);

}  // namespace sallyport::proof
