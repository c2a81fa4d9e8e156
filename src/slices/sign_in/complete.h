#pragma once
// The end of every sign-in, whatever proved it.
#include "policy/sign_in.h"
#include "proof/open_session.h"
#include "proof/tries.h"
#include "slices/sign_in/trusted_browser.h"

namespace sallyport::sign_in {

/// Wrong second factors after a right password, since the last success (mail E12).
store::BudgetKey wrong_second_key(const proof::World& world, const std::string& owner_key);

struct Completed {
    proof::Attempt attempt;               // whose tries are forgotten
    std::optional<proof::Charge> charge;  // a passkey costs none
    policy::Methods methods;
    policy::Level level;
    std::optional<TrustWish> trust = {};
};
/// The account's tries are forgotten, and a session opens: its row, the known browser, history and mail E11;
/// and the trust in the browser, where that is wished.
policy::sessions::BrowserToken complete(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                                        const store::CredentialSet& credentials, const Completed& completed,
                                        const proof::SessionTokens& tokens, Instant now);

}  // namespace sallyport::sign_in
