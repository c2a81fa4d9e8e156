#pragma once
// A passkey at the door: by itself, where it counts as both factors, or in the place of a code after a right
// password. It costs no try and waits for nobody's.
#include "policy/level.h"
#include "proof/open_session.h"
#include "proof/passkeys.h"
#include "proof/world.h"
#include "slices/sign_in/trusted_browser.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::sign_in {

enum class Key : std::uint8_t {
    signed_in,       // set the cookies of `session`, go to `then`
    refused,         // the answer that all refusals share: closed accounts, too
    locked,          // it was right: to the page that opens the account again
    unknown,         // nobody has this credential: the browser may forget it
    needs_password,  // it was right, but counts beside a password only
    over,            // the half-finished sign-in is gone: start again (R2)
};

struct KeyOutcome {
    Key answer = Key::refused;
    std::optional<proof::SessionTokens> session;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
    policy::Methods methods;  // with signed_in: what is remembered of this device
    std::string then;
};

struct KeyCommand {
    std::string challenge_cookie;
    proof::PasskeyAnswer answer;
    std::optional<store::TokenHash> pass;  // of the mailed-pass cookie
    std::optional<TrustWish> trust = {};   // after a password only
};

/// A challenge for whoever has a passkey here: the browser finds it, and it names its account.
proof::PasskeyChallenge ask_for_passkey(const proof::World& world);
Task<KeyOutcome> sign_in_by_passkey(proof::World& world, proof::Asker asker, KeyCommand command);

/// A challenge for the keys of a half-finished sign-in.
struct KeyQuestion {
    proof::PasskeyChallenge challenge;
    std::vector<store::Passkey> passkeys;
};
/// nullopt where the half-finished sign-in is gone.
Task<std::optional<KeyQuestion>> ask_for_key(proof::World& world, store::TokenHash half_finished);
Task<KeyOutcome> check_key(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                           KeyCommand command);

}  // namespace sallyport::sign_in
