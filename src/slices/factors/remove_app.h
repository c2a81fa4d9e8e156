#pragma once
// A6: an app goes. It waits, everybody hears of it, and it can be kept meanwhile. After a move the old
// phone's app goes in the same way, by itself
// (docs/decisions/a-replaced-app-stays-until-the-new-one-is-old.md).
#include "policy/passkeys.h"
#include "proof/holder.h"
#include "store/accounts.h"
#include "store/credentials.h"

namespace sallyport::factors {

using policy::passkeys::RemoveAnswer;

struct RemoveFound {
    bool known = false;  // the account has such an app
    RemoveAnswer answer = RemoveAnswer::leaving_already;
    Duration wait{};
};
/// As the pages before the step-up say it: a young approver is found out later. `credentials` were loaded in
/// `tx`.
RemoveFound judge_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                          const store::CredentialSet& credentials, FactorId app, bool approved, Instant now);
Task<RemoveFound> may_remove_app(proof::World& world, proof::Holder holder, FactorId app);

/// In the transaction of the step-up; saves.
RemoveAnswer ask_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::Account& account, store::CredentialSet& credentials, FactorId app,
                         Instant now);

/// The move's second half: `old` goes once the new app is old enough. The caller saves.
void ask_end_of_old_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::Account& account, store::CredentialSet& credentials, FactorId old,
                        Instant now);

}  // namespace sallyport::factors
