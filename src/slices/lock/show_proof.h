#pragma once
// P10: what a browser shows for the unlocking, one thing at a time. Guesses are charged like any others; a
// wrong one gets the same answer for every address. After each that is right policy says what follows.
#include "proof/passkeys.h"
#include "slices/lock/unlocking.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::lock {

enum class Proof : std::uint8_t { mail, app, password, kit };

enum class Step : std::uint8_t {
    taken,     // it was right: `asked` says whether that is enough
    kit_road,  // the recovery code was right: its case waits until `until`
    wrong,
    spent,       // of the mailed code: too old, or without tries
    mail_first,  // the kit's road needs the mailbox
    wait,        // too many tries: `until`; `needs_pass`: the mailed code helps
    busy,
    over,  // the row is gone
};
struct StepOutcome {
    Step answer = Step::over;
    proof::UnlockAsked asked{};
    Instant until{};
    bool needs_pass = false;
    std::int64_t busy_seconds = 0;
};
/// `typed` as the person wrote it.
Task<StepOutcome> show_typed(proof::World& world, proof::Asker asker, store::TokenHash secret, Proof proof,
                             Secret typed);

/// A challenge for this browser. Which passkeys may answer it is said only where something was shown before.
struct PasskeyQuestion {
    proof::PasskeyChallenge challenge;
    std::vector<store::Passkey> passkeys;
};
Task<std::optional<PasskeyQuestion>> ask_unlock_passkey(proof::World& world, store::TokenHash secret);
Task<StepOutcome> show_passkey(proof::World& world, proof::Asker asker, store::TokenHash secret,
                               std::string cookie, proof::PasskeyAnswer answer);

/// How far this browser has come, for its pages.
struct Progress {
    Unlocking row;
    bool locked = false;                 // still; said only where something was shown
    std::optional<Instant> unlock_at{};  // so too
};
Task<std::optional<Progress>> read_progress(proof::World& world, store::TokenHash secret);

}  // namespace sallyport::lock
