#pragma once
// Changes that wait (policy/changes.h): a row of the account's credentials from when it is asked for, told to
// every channel, stopped by the owner or done when it is due. Here they are written down, stopped and carried
// out; whether one may be asked for is the asker's question to policy.
#include "policy/changes.h"
#include "policy/holds.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::proof {

/// Writes the change down, in the transaction of the step-up that approved it. The caller saves
/// `credentials`.
store::PendingChange ask_change(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                                policy::changes::Kind kind, std::string subject, std::string before,
                                std::string after, Duration wait, Instant now);

/// What a change of the password is about: there is one at most.
inline constexpr std::string_view password_subject = "password";

/// The running change about `subject`.
std::optional<store::PendingChange> running_change(const store::CredentialSet& credentials,
                                                   std::string_view subject);

/// `stopped_by` of a change of address that ended because another account has the address meanwhile.
inline constexpr std::string_view taken_address = "taken";

/// This channel stopped or undid one of this kind within 30 days.
bool stopped_before(const std::vector<store::PendingChange>& changes, policy::changes::Kind kind,
                    std::string_view by_code, Instant now);

/// One who is signed in stops it, in a transaction of the caller's, who saves `credentials`; its codes die.
/// `by_code`: how the row names who did.
policy::changes::StopAnswer stop_change(db::Tx& tx, store::CredentialSet& credentials, const ChangeId& id,
                                        policy::changes::Stopper by, std::string_view by_code, Instant now);

/// Setting a password while its removal waits keeps it, by the step-up that approves the new one.
void keep_new_password(db::Tx& tx, store::CredentialSet& credentials, Instant now);

/// policy::changes::ask, with what the account's own rows say: whether one like it runs, or was stopped
/// lately.
policy::changes::AskVerdict judge_change(const store::CredentialSet& credentials,
                                         policy::changes::AskFacts facts, Instant now);

/// Starts a hold on value, before the change itself is made; the longest counts. The caller saves
/// `credentials`.
void hold_value(db::Tx& tx, const World& world, store::CredentialSet& credentials, policy::holds::Cause cause,
                Instant now);

/// Carries out what is due, one transaction an account, and tells of addresses that turned out undeliverable.
/// Gives how much was done.
Task<std::int64_t> do_due_changes(World& world);

}  // namespace sallyport::proof
