#pragma once
// Who acts on an account: one session of it.
#include "policy/level.h"
#include "proof/world.h"

namespace sallyport::proof {

struct Holder {
    AccountId account;
    store::TokenHash session;
    policy::Level level;
    proof::Asker asker;
};

/// The session is still in force in the database, whatever a cache says: another session may have ended it.
bool is_in_force(db::Tx& tx, const proof::World& world, const Holder& holder);

}  // namespace sallyport::proof
