#pragma once
// Browsers that have finished a sign-in to an account: a 256-bit cookie, one row for each account
// (policy.md).
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>
#include <vector>

namespace sallyport::store {

/// Of a browser's tokens the first so many are looked at.
inline constexpr std::size_t browser_tokens_max = 4;

struct KnownBrowser {
    TokenHash token;
    Instant known_since;
    Instant last_full_sign_in;
};

/// The browser that holds these tokens, one for each account; nullopt where the account knows none of them,
/// or the row is not ours (then alarmed). One statement, whatever there is.
std::optional<KnownBrowser> find_browser(db::Tx& tx, const Keys& keys, const std::vector<TokenHash>& tokens,
                                         const AccountId& account);
/// Makes the browser known, or notes another full sign-in of it; of more than `most` the one longest unused
/// goes.
void know_browser(db::Tx& tx, const Keys& keys, const KnownBrowser& browser, const AccountId& account,
                  std::int64_t most);
void forget_browsers(db::Tx& tx, const AccountId& account);

}  // namespace sallyport::store
