#pragma once
// The authenticator app of an account to be: the newest code of the key that was shown. The step is spent by
// it, so that the code of the set-up never signs in (attacks.md, case 1). A right code makes the recovery
// kit.
#include "policy/sign_up.h"
#include "proof/world.h"
#include "store/sessions.h"

#include <optional>
#include <string>

namespace sallyport::sign_up {

enum class AppProven : std::uint8_t {
    moved,      // go to `stage`
    malformed,  // not six digits
    wrong,      // `drift`: the code is right for another time, and how far the phone's clock is ahead (below
                // zero: late)
    busy,       // 503, again in `busy_seconds`
    not_now,    // another step is awaited: go to `stage`
    over,       // there is no sign-up here
};
struct AppOutcome {
    AppProven answer = AppProven::over;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    std::optional<Duration> drift;
    std::int64_t busy_seconds = 0;
};
/// `typed` as the person wrote it.
Task<AppOutcome> prove_app(proof::World& world, store::TokenHash secret, std::string typed);

}  // namespace sallyport::sign_up
