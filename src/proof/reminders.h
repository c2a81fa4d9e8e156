#pragma once
// What the worker tells an owner because of time or of many small things (policy/reminders.h decides). What
// was told stands in the account's history, so that it is told once.
#include "policy/reminders.h"
#include "proof/world.h"
#include "store/credentials.h"

namespace sallyport::proof {

inline constexpr policy::reminders::Limits reminder_limits;

/// Tells what is to be told now. Gives how many things that were.
std::int64_t remind(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now);

/// A kit was made at `now`: it is looked for again when it is old.
void await_old_kit(db::Tx& tx, const AccountId& account, Instant now);

}  // namespace sallyport::proof
