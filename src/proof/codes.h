#pragma once
// Codes of an authenticator app and recovery codes: is this one right, and is it spent now.
#include "crypto/recovery_code.h"
#include "policy/factors.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <optional>
#include <string>

namespace sallyport::proof {

struct TotpOutcome {
    policy::factors::CodeAnswer answer = policy::factors::CodeAnswer::wrong;
    std::optional<FactorId> app;
};
/// Compares `typed` with every app of the account and spends the step that matched, in this transaction. The
/// try was charged before. `typed` is as the person wrote it.
TotpOutcome check_totp(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                       std::string_view typed, Instant now);

/// After failures: by how much the phone's clock is off, where the code typed is right for another step of
/// ±10. Accepts nothing; charge policy::throttle::drift_search_cost first.
std::optional<Duration> name_drift(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                   std::string_view typed, Instant now);

/// A code at enrolment, against a secret that is not an app yet: the step and drift to record, nullopt where
/// it is wrong. `last_step`: spent already in this enrolment.
struct EnrolmentOutcome {
    policy::factors::CodeVerdict verdict;
    std::optional<Duration> drift;  // where the code is right for another step: how far the clock is off
};
EnrolmentOutcome check_enrolment_code(const Secret& secret, std::optional<std::int64_t> last_step,
                                      std::string_view typed, Instant now);

/// Which unused recovery code was typed; one slow hash, whatever was typed.
struct RecoveryOutcome {
    std::optional<FactorId> code;  // nullopt: wrong, unknown or used
    std::optional<std::int64_t> busy_seconds;
};
/// Spend it by CredentialSet::spend_recovery_code in the transaction that acts on it.
Task<RecoveryOutcome> check_recovery_code(World& world, AccountId account, std::optional<store::Kit> kit,
                                          std::string typed);

/// Ten fresh codes: what is printed, and what is stored. Ten slow hashes.
struct NewKit {
    std::vector<Secret> printed;  // letters form, in order
    std::vector<store::StoredHash> hashes;
    std::optional<std::int64_t> busy_seconds;
};
Task<NewKit> make_kit(World& world, AccountId account);

}  // namespace sallyport::proof
