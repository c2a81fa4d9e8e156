#pragma once
// Browsers that have finished a sign-in to an account: a 256-bit cookie, one row for each account (policy.md).
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>

namespace sallyport::store {

/// When this browser became known to the account; nullopt where it is not, or the row is not ours (then alarmed).
std::optional<Instant> browser_known_since(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account);
/// Keeps the earlier moment where the browser is known already.
void know_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account, Instant now);
void forget_browsers(db::Tx& tx, const AccountId& account);

}  // namespace sallyport::store
