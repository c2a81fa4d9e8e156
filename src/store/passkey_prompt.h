#pragma once
// When an account's owner said "Not now" to the proposal of a passkey. It grants nothing.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"

#include <optional>

namespace sallyport::store {

/// nullopt: never.
std::optional<Instant> passkey_declined_at(db::Tx& tx, const AccountId& id);
void decline_passkey(db::Tx& tx, const AccountId& id, Instant now);

}  // namespace sallyport::store
