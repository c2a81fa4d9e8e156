#pragma once
// P7e: the new password, by the rules of sign-up. With it all sessions, half-finished sign-ins, step-ups,
// known browsers and every other reset of the account end, value is held, and every address is told.
#include "base/secret.h"
#include "policy/passwords.h"
#include "slices/reset/progress.h"

#include <optional>

namespace sallyport::reset {

/// New passwords that one reset may have hashed, wrong ones included.
inline constexpr std::int64_t passwords_max = 20;
/// Opinions asked for while it is typed; as in the account.
inline constexpr std::int64_t checks_max = 120;

enum class Chosen : std::uint8_t {
    done,
    refused,  // by `refusal`
    busy,     // again in `busy_seconds`
    limited,  // too many were tried in this reset
    not_now,  // another step is awaited
    over,
};
struct PasswordOutcome {
    Chosen answer = Chosen::over;
    std::optional<policy::passwords::Refusal> refusal;
    std::int64_t busy_seconds = 0;
    std::optional<AccountId> account;  // with `done`: what is kept of its sessions is to be forgotten
};
Task<PasswordOutcome> set_password(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                   Secret password);
/// What can be said without a hash. `done` means: no objection.
Task<PasswordOutcome> check_typed(proof::World& world, store::TokenHash secret, Secret password);

}  // namespace sallyport::reset
