#pragma once
// A session whose second factor was a trusted browser's own key (policy/trusted_browsers.h): the row says so
// beside its methods, for the key is no method of the account's.
#include "proof/open_session.h"

namespace sallyport::proof {

/// As open_session, by the password; told as any new session is.
OpenedSession open_trusted_session(db::Tx& tx, const World& world, const Asker& asker,
                                   const store::Account& account, const store::CredentialSet& credentials,
                                   policy::Level level, const SessionTokens& tokens, Instant now);

/// `methods` of a session's row.
bool by_trusted_browser(std::int64_t methods) noexcept;

}  // namespace sallyport::proof
