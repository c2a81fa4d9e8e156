#pragma once
// E-mail and password. Unknown address, wrong password and closed account cost the same statements and the
// same hash, and get the same answer, so does a locked account until the password is right (ux.md R8;
// attacks.md, case 14).
#include "base/email.h"
#include "base/secret.h"
#include "policy/level.h"
#include "proof/open_session.h"
#include "proof/world.h"

#include <optional>
#include <string>

namespace sallyport::sign_in {

struct PasswordCommand {
    std::optional<Email>
        email;  // nullopt: what was typed is no address; it is looked for like one that nobody has
    Secret password;
    std::string then;                      // a path of ours (access::safe_path)
    std::optional<store::TokenHash> pass;  // of the mailed-pass cookie
    policy::Methods used_here = {};        // what was last used on this device
};

enum class First : std::uint8_t {
    refused,        // the shared answer
    wait,           // P5, until `until`; `needs_pass`: only a mailed pass helps
    busy,           // 503, again in `busy_seconds`
    second_factor,  // set the cookie of `half_finished`, go to the page of `second`
    signed_in,      // set the cookies of `session`
    locked,         // the password was right: to the page that opens the account again
};

struct FirstOutcome {
    First answer = First::refused;
    Instant until{};
    bool needs_pass = false;
    std::int64_t busy_seconds = 0;
    std::optional<proof::FreshToken> half_finished;
    std::optional<proof::SessionTokens> session;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
    bool must_add_factor = false;
    policy::Method second = policy::Method::totp;  // the first of the chooser
};

Task<FirstOutcome> check_password(proof::World& world, proof::Asker asker, PasswordCommand command);

}  // namespace sallyport::sign_in
