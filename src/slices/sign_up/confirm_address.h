#pragma once
// The mailed code, in the browser that asked. Five tries over all resends, charged before they are looked at.
#include "policy/sign_up.h"
#include "proof/world.h"
#include "store/sessions.h"

#include <string>

namespace sallyport::sign_up {

enum class Confirmed : std::uint8_t {
    moved,        // the address is proven: go to `stage`
    malformed,    // not eight digits: no try was charged
    wrong,        // `tries_left` more
    expired,      // the code is too old: a new one helps
    spent,        // no tries left with this code: a new one from `next_at` on
    has_account,  // the address has got an account meanwhile: sign in
    over,         // there is no sign-up here: enter the address again
};
struct ConfirmOutcome {
    Confirmed answer = Confirmed::over;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    std::int64_t tries_left = 0;
    Instant next_at{};
};
/// `typed` as the person wrote it.
Task<ConfirmOutcome> confirm_address(proof::World& world, store::TokenHash secret, std::string typed);

}  // namespace sallyport::sign_up
