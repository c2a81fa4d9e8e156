#pragma once
// A case as the owner sees it who is still signed in: a session pauses it once, and a strong factor shown for
// it ends it (policy.md, "Veto").
#include "policy/roads.h"
#include "proof/holder.h"
#include "store/credentials.h"

#include <optional>

namespace sallyport::reset {

struct Running {
    store::RecoveryCase open;
    bool ready = false;      // its wait is over: whoever runs it can finish
    bool may_pause = false;  // no session has paused it before
    bool may_end = false;    // the account has a strong factor to show
};
/// nullopt where no case is open.
Task<std::optional<Running>> running_case(proof::World& world, AccountId account);

/// By a live session that shows nothing more.
Task<policy::roads::VetoAnswer> stop_by_session(proof::World& world, proof::Holder holder);

/// In the transaction of a step-up, with what was shown for it: policy::roads decides what that does. Saves
/// `credentials`.
policy::roads::VetoAnswer stop_by_holder(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                         store::CredentialSet& credentials, policy::Methods shown,
                                         Instant now);

}  // namespace sallyport::reset
