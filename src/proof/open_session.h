#pragma once
// A finished sign-in becomes a session: the row, the known browser, the owner's history and the notice of a
// new device.
#include "policy/level.h"
#include "policy/sessions.h"
#include "proof/tokens.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>

namespace sallyport::proof {

/// Secrets made before the transaction, because its work may run again.
struct SessionTokens {
    FreshToken session;
    FreshToken browser;  // used where the account does not know the browser yet
};
SessionTokens make_session_tokens(ports::Random& random);

/// What becomes of the browser's cookie; the session's is always set.
struct OpenedSession {
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
};

/// `told`: whether a new device is told by mail E11 (sign-up tells nobody about itself).
OpenedSession open_session(db::Tx& tx, const World& world, const Asker& asker, const store::Account& account,
                           const store::CredentialSet& credentials, policy::Methods methods,
                           policy::Level level, const SessionTokens& tokens, bool told, Instant now);

/// The token by which the account knows the asker's browser, so that it has tries of its own. One statement
/// for any account.
std::optional<store::TokenHash> knows_browser(db::Tx& tx, const World& world, const Asker& asker,
                                              const AccountId& account, Instant now);

/// The account's own highest level.
policy::Level highest_level_of(const store::CredentialSet& credentials);

/// Methods as they are stored with a session.
std::int64_t bits_of(policy::Methods methods) noexcept;
policy::Methods methods_of(std::int64_t bits) noexcept;

}  // namespace sallyport::proof
