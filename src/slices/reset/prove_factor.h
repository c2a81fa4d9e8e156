#pragma once
// P7d: one strong factor beside the mailbox, because the mailbox alone resets nothing. A code of the app
// draws on the account's one budget of guesses; a passkey is never throttled. Which one it was decides the
// hold.
#include "proof/passkeys.h"
#include "slices/reset/progress.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::reset {

/// What the account has that suffices, for the page.
struct Factors {
    Email email;  // the mailbox was shown: the address may be
    bool app = false;
    bool passkey = false;
    bool kit = false;  // opens the road of the recovery kit
};
/// nullopt where a factor is not what is awaited.
Task<std::optional<Factors>> find_factors(proof::World& world, store::TokenHash secret);

enum class Shown : std::uint8_t {
    moved,
    wrong,
    replayed,  // the code was used already
    wait,      // too many tries, until `until`; `needs_pass`: only a new mailed code helps
    busy,
    not_now,  // another step is awaited
    over,
};
struct FactorOutcome {
    Shown answer = Shown::over;
    Instant until{};
    bool needs_pass = false;
    std::int64_t busy_seconds = 0;
};
/// `typed` as the person wrote it.
Task<FactorOutcome> prove_app(proof::World& world, proof::Asker asker, store::TokenHash secret,
                              std::string typed);

/// A challenge for this very reset, and the passkeys that may answer it.
struct PasskeyQuestion {
    proof::PasskeyChallenge challenge;
    std::vector<store::Passkey> passkeys;
};
Task<std::optional<PasskeyQuestion>> ask_passkey(proof::World& world, store::TokenHash secret);
Task<FactorOutcome> prove_passkey(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                  std::string cookie, proof::PasskeyAnswer answer);

}  // namespace sallyport::reset
