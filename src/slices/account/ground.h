#pragma once
// What every change of a setting looks at first: who owns the account, and whether this session may change
// it.
#include "policy/level.h"
#include "proof/holder.h"
#include "proof/tries.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <vector>

namespace sallyport::account {

struct Ground {
    bool allowed = false;  // policy::may change a setting at this session's level
    Email email;
    std::string words;
    bool has_second_factor = false;
    std::optional<store::StoredHash> password;
    std::vector<store::StoredHash> old_passwords;  // newest first
    proof::Attempt attempt;                        // for a try that tells whether a guess is right
};

Task<Ground> read_ground(proof::World& world, proof::Holder actor);

/// Why nothing was prepared, besides the refusals of each use case.
struct Hindrance {
    bool level_too_low = false;
    std::optional<Instant> wait_until;         // too many tries
    bool needs_pass = false;                   // with wait_until: only a mailed pass helps
    std::optional<std::int64_t> busy_seconds;  // the hash pool is full
};

/// Charges one try at the account: comparing what was typed with its password tells whether a guess is right.
struct ChargedTry {
    std::optional<proof::Charge> charge;
    Hindrance hindrance;
};
Task<ChargedTry> charge_guess(proof::World& world, proof::Asker asker, proof::Attempt attempt);

}  // namespace sallyport::account
