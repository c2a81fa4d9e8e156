#pragma once
// An address is entered, or a new code asked for: one mail, the same answer, statements and row whether the
// address has an account or not (ux.md R8). An address with an account gets mail E9 in place of a code, and
// no code is right.
#include "base/email.h"
#include "policy/sign_up.h"
#include "proof/tokens.h"
#include "proof/world.h"

#include <optional>

namespace sallyport::sign_up {

/// "You have an account already" is told to one address at most this often, whoever asks from wherever
/// (ux.md, M9).
inline constexpr Duration account_told_every = std::chrono::minutes{15};

enum class Entered : std::uint8_t {
    code_asked,  // go to the page of the code: one was mailed now, or not long ago
    resumed,     // this browser has proved the address before: go to `stage`
    wait,        // too many mails: `until` says when the next may be asked for
    over,        // asked for a new code, and there is no sign-up here
};
struct EnterOutcome {
    Entered answer = Entered::code_asked;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    Instant until{};
    std::optional<proof::FreshToken> token;  // the cookie to set, where the row is a new one
};

/// `secret`: of the browser's cookie, where it has one.
Task<EnterOutcome> enter_address(proof::World& world, proof::Asker asker, Email email,
                                 std::optional<store::TokenHash> secret);
/// Never gives new tries while the last code lives.
Task<EnterOutcome> send_again(proof::World& world, proof::Asker asker, store::TokenHash secret);

}  // namespace sallyport::sign_up
