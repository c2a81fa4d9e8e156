#pragma once
// A new recovery kit: step-up, ten codes shown once with the backup key of the app, and on the next page the
// end of one of them, typed from the sheet. In that moment the new kit is in force and the old one dead.
#include "policy/factors.h"
#include "slices/factors/kit_set_up.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::factors {

/// Characters of the asked code that are typed.
inline constexpr std::size_t code_proof_characters = 4;

/// May this session do it once it has stepped up? `approver_since`: since when the account has the factor
/// that approves; nullopt: a weak proof does.
policy::factors::AddVerdict judge_kit(const proof::Holder& holder, const store::CredentialSet& credentials,
                                      std::optional<Instant> approver_since, Instant now);

/// The deed of the step-up, in its transaction. No code is made yet: ten slow hashes do not belong there.
policy::factors::AddVerdict begin_kit(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                      KitId kit, const store::CredentialSet& credentials, Instant now);

enum class KitAnswer : std::uint8_t {
    done,
    wrong,    // look at code `asked` on the sheet
    not_now,  // the step before is missing
    refused,  // `verdict` says why: things have changed meanwhile
    busy,     // the hash pool is full: again in `busy_seconds`
    over,
};
struct KitOutcome {
    KitAnswer answer = KitAnswer::over;
    std::int64_t asked = 0;
    std::int64_t busy_seconds = 0;
    policy::factors::AddVerdict verdict = policy::factors::AddVerdict::allowed;
};

/// Makes the codes, where they are not made yet: ten slow hashes.
Task<KitOutcome> make_codes(proof::World& world, proof::Holder holder);

/// What is printed. `app_keys`: of the apps, as people type them, newest first.
struct OpenKitSetUp {
    KitSetUp set_up;
    std::vector<Secret> app_keys;
};
Task<std::optional<OpenKitSetUp>> find_new_kit(proof::World& world, proof::Holder holder);

/// "I have saved it": which code is asked for, at random each time, now that the codes are out of sight.
Task<KitOutcome> ask_for_code(proof::World& world, proof::Holder holder);
/// The new kit is in force, other sessions end, E27 and the history tell it. `typed`: the last characters of
/// the asked code, or all of it.
Task<KitOutcome> finish_kit(proof::World& world, proof::Holder holder, std::string typed);

/// "Cancel": the old kit stays.
Task<void> cancel_kit(proof::World& world, proof::Holder holder);

}  // namespace sallyport::factors
