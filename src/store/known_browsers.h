#pragma once
// Browsers that have finished a sign-in to an account: a 256-bit cookie, one row for each account
// (policy.md).
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>

namespace sallyport::store {

struct KnownBrowser {
    Instant known_since;
    Instant last_full_sign_in;
};

/// nullopt where the browser is not known, or the row is not ours (then alarmed).
std::optional<KnownBrowser> find_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser,
                                         const AccountId& account);
/// Makes the browser known, or notes another full sign-in of it; of more than `most` the one longest unused
/// goes.
void know_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account,
                  Instant now, std::int64_t most);
void forget_browsers(db::Tx& tx, const AccountId& account);

}  // namespace sallyport::store
