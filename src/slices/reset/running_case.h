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

/// By a live session alone.
Task<policy::roads::VetoAnswer> pause_by_session(proof::World& world, proof::Holder holder);

/// In the transaction of a step-up. A step-up by a password, where the account has nothing stronger, ends
/// nothing: `nothing`. Saves `credentials`.
policy::roads::VetoAnswer end_by_factor(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                        store::CredentialSet& credentials, Instant now);

}  // namespace sallyport::reset
