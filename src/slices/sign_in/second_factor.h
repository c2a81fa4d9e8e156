#pragma once
// The second factor of a half-finished sign-in: a code of the app, by mail or text (sent_code.h sends it), or
// a recovery code (passkeys are in by_passkey.h).
#include "base/email.h"
#include "policy/level.h"
#include "proof/open_session.h"
#include "proof/world.h"
#include "slices/sign_in/held.h"
#include "slices/sign_in/trusted_browser.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::sign_in {

enum class Second : std::uint8_t {
    signed_in,  // set the cookies, go to `then`
    wrong,
    replayed,  // the code was used already
    dead,      // of a code by mail or text: too old, or without tries; not charged
    over,      // the half-finished sign-in is gone: start again (R2)
    wait,      // too many tries: P5, until `until`
    busy,      // 503, again in `busy_seconds`
};

struct SecondOutcome {
    Second answer = Second::over;
    Instant until{};
    bool needs_pass = false;
    std::int64_t busy_seconds = 0;
    bool say_clock = false;         // show the server's time, and say to set the phone's to automatic
    std::optional<Duration> drift;  // how far the phone's clock is ahead (below zero: late)
    std::optional<proof::SessionTokens> session;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
    std::string then;
    std::int64_t codes_left = 0;   // after a recovery code
    bool propose_passkey = false;  // on the way to `then`
};

/// `typed` as the person wrote it. `method`: no passkey and no key. `trust`: where the person wishes it.
Task<SecondOutcome> check_second_factor(proof::World& world, proof::Asker asker,
                                        store::TokenHash half_finished, std::string typed,
                                        policy::Method method, std::optional<store::TokenHash> pass,
                                        std::optional<TrustWish> trust = std::nullopt);

/// What the second-factor pages show; nullopt where the half-finished sign-in is gone.
struct OpenSignIn {
    Email address;                // for password managers: the first factor was right
    std::vector<Choice> choices;  // as the chooser has them
};
Task<std::optional<OpenSignIn>> find_open(proof::World& world, store::TokenHash half_finished,
                                          policy::Methods used_here);

}  // namespace sallyport::sign_in
