#pragma once
// P8h: a case that has waited is finished with a fresh mailed code, a new password and a new app. The old
// password and the old apps go; passkeys stay, because they are stronger than this road. The same stages as a
// reset: where it awaits a factor the password is awaited here, and then the app.
#include "base/secret.h"
#include "policy/passwords.h"
#include "policy/roads.h"
#include "slices/reset/progress.h"

#include <optional>
#include <string>

namespace sallyport::reset {

/// What the pages of the finish stand on; nullopt where there is no row whose code was right.
struct Finish {
    Found row;
    std::optional<policy::roads::Stage> stage;  // of the account's newest case; nullopt: there is none
    Instant enter_at{};
    Instant until{};  // when it is too late
};
Task<std::optional<Finish>> find_finish(proof::World& world, store::TokenHash secret);

enum class Renewed : std::uint8_t {
    moved,
    refused,    // the password, by `refusal`
    wrong,      // the app's code; `drift` where the phone's clock is off
    malformed,  // not six digits
    busy,
    not_now,
    over,  // no case to finish: stopped, expired, finished, or not due yet
};
struct RenewOutcome {
    Renewed answer = Renewed::over;
    std::optional<policy::passwords::Refusal> refusal;
    std::optional<Duration> drift;
    std::int64_t busy_seconds = 0;
    std::optional<AccountId> account;  // when it is finished: what is kept of its sessions is to be forgotten
};
Task<RenewOutcome> choose_password(proof::World& world, store::TokenHash secret, Secret password);
/// The app's code is right: everything happens in one transaction, once.
Task<RenewOutcome> prove_new_app(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                 std::string typed);

}  // namespace sallyport::reset
