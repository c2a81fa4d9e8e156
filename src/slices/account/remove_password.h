#pragma once
// A10: an account that has two passkeys in different places can go without a password. Its removal waits and
// can be stopped (proof/changes.h); a new password can be added at any time.
#include "policy/passkeys.h"
#include "proof/change_stops.h"
#include "proof/holder.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>

namespace sallyport::account {

inline constexpr std::string_view remove_password_purpose = "remove_password";

using policy::passkeys::RemoveAnswer;

/// What the page says of the password before anything is asked: a young approver is found out later.
struct PasswordState {
    bool there = false;
    bool has_passkey = false;
    RemoveAnswer may_remove = RemoveAnswer::leaving_already;
    Duration wait{};                              // with `waits` and `waits_long`
    std::optional<proof::WaitingChange> leaving;  // its removal
};
Task<PasswordState> read_password_state(proof::World& world, proof::Holder actor);

/// In the transaction of the step-up. Gives what policy says of the factor that approved.
RemoveAnswer ask_password_removal(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                                  const store::Account& account, store::CredentialSet& credentials,
                                  Instant now);

}  // namespace sallyport::account
