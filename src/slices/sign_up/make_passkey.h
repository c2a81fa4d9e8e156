#pragma once
// A passkey in the place of password and app: one that verifies its user counts as both factors. It is kept
// sealed in the row until the account is made. A right one makes the recovery kit.
#include "policy/sign_up.h"
#include "proof/passkeys.h"
#include "store/sessions.h"

#include <string>

namespace sallyport::sign_up {

enum class PasskeyKept : std::uint8_t {
    moved,    // go to `stage`
    refused,  // by `why`
    busy,     // 503, again in `busy_seconds`
    not_now,  // another step is awaited: go to `stage`
    over,     // there is no sign-up here
};
struct PasskeyOutcome {
    PasskeyKept answer = PasskeyKept::over;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    policy::passkeys::RegistrationAnswer why = policy::passkeys::RegistrationAnswer::challenge_refused;
    std::int64_t busy_seconds = 0;
};

/// Of this sign-up only: another row's browser cannot answer it.
proof::PasskeyChallenge ask_for_passkey(const proof::World& world, const store::TokenHash& secret);
/// `cookie`: of the challenge. `language`: BCP 47, of the anti-phishing words that are made along.
Task<PasskeyOutcome> make_passkey(proof::World& world, store::TokenHash secret, std::string cookie,
                                  proof::PasskeyMade made, std::string language);

}  // namespace sallyport::sign_up
