#pragma once
// Browsers that an account trusts: public keys of theirs, beside the known-browser token by which they are
// found (policy/trusted_browsers.h). A row alone opens nothing: the browser signs a challenge each time.
#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::store {

struct TrustedBrowser {
    BrowserId id;
    TokenHash token;
    Bytes public_key;  // P-256, 0x04 || x || y
    Instant trusted_at;
    std::string browser;  // in words, "Firefox · Linux"
    std::string address;  // network address at that time
};

/// The trusted browser that holds one of these tokens (the first browser_tokens_max are looked at); nullopt
/// where the account trusts none, or the row is not ours (then alarmed). One statement, whatever there is.
std::optional<TrustedBrowser> find_trusted(db::Tx& tx, const Keys& keys, const std::vector<TokenHash>& tokens,
                                           const AccountId& account);
/// Newest first. Rows that are not ours are left out, and alarmed.
std::vector<TrustedBrowser> trusted_of(db::Tx& tx, const Keys& keys, const AccountId& account);
/// In the place of what the account had for this token; of more than `most` the oldest goes.
void trust_browser(db::Tx& tx, const Keys& keys, const TrustedBrowser& browser, const AccountId& account,
                   std::int64_t most);
/// Notes that this session is one of the browser's, which may hold several.
void note_trusted_session(db::Tx& tx, const BrowserId& browser, const SessionId& session);

/// False where it is not there: another account's, or ended already.
bool end_trust_in(db::Tx& tx, const AccountId& account, const BrowserId& browser);
/// Ends the trust in the browser of this session; false where there is none.
bool end_trust_of(db::Tx& tx, const AccountId& account, const SessionId& session);
/// Ends all trust of the account but that in the browser of `kept`. Gives how many ended.
std::int64_t end_trust(db::Tx& tx, const AccountId& account, const std::optional<SessionId>& kept);
/// Deletes what was trusted before `before`, at most `most`.
void forget_trust(db::Tx& tx, Instant before, std::int64_t most);

}  // namespace sallyport::store
