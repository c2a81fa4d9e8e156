#pragma once
// Who is proposed a passkey after signing in (ux.md, R18): never in the way of a sign-in, and nobody who
// would then be refused.
#include "policy/passkeys.h"

namespace sallyport::policy::passkey_prompt {

struct Facts {
    Methods signed_in_by{};  // of this very session
    Level session = Level::none;
    Level account_highest = Level::none;
    std::int64_t held = 0;  // passkeys and keys
    std::optional<Instant> not_now_at{};
};
/// After a code by mail or text, to somebody who has no passkey and whom the operator lets keep one in a
/// phone; only where this session may add it: at the account's own highest level, by the step-up that the
/// account can give (step_up::weak_proof).
bool is_proposed(const Facts& facts, const profile::Table& table, Instant now,
                 const passkeys::Limits& limits) noexcept;

}  // namespace sallyport::policy::passkey_prompt
