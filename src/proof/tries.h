#pragma once
// Charging tries, the same way for every factor and every flow (policy.md, "Codes and tries"): read the
// budgets, let policy name the door, charge there by one guarded upsert and charge the network, all before
// any hash.
#include "base/email.h"
#include "proof/world.h"
#include "store/budgets.h"

#include <optional>
#include <string>
#include <variant>

namespace sallyport::proof {

/// Whose account is guessed at, known or not, and by whom.
struct Attempt {
    std::string owner_key;  // Email::key() of the account
    std::optional<store::TokenHash>
        known_browser;                     // the token by which the account knows the asker's browser
    std::optional<store::TokenHash> pass;  // of a mailed pass that this browser has opened for this address
    bool account_exists = true;            // else the count is kept for the looks of it, and not for ever
};

/// A try that was charged.
struct Charge {
    policy::throttle::Door door;
    std::int64_t cost;
    store::BudgetKey account;
    store::BudgetKey network;
    std::int64_t charged = 0;  // at this door, with this one, since the last success
};

/// Tries of strangers at this address since the last success.
std::int64_t failed_tries(db::Tx& tx, const World& world, const Email& address);

/// No try: when the next one is possible, or that only a mailed pass helps now.
struct NoTry {
    Instant until{};
    bool needs_pass = false;
};

using Admission = std::variant<Charge, NoTry>;

/// Two or three statements, the same for known and unknown accounts. `cost` in guesses (policy::throttle).
/// Where parallel tries took what a door had left, the next door is asked, as if they had come before.
Task<Admission> charge_try(World& world, Asker asker, Attempt attempt, std::int64_t cost);

/// One search for a clock's drift, at the expense of the guesses that strangers share. False: none may be
/// made.
Task<bool> charge_search(World& world, Attempt attempt);

/// One factor was right and more is asked: what it cost is given back.
void not_a_failure(db::Tx& tx, const Charge& charge, Instant now);

/// Nothing was compared after all (the hash pool is full): the try was none.
Task<void> give_back(World& world, Charge charge);

/// A finished sign-in or step-up: the account's buckets are empty, a pass is spent, the network gets its
/// charge back. `charge`: none where a passkey was the proof, which costs no try.
void succeed(db::Tx& tx, const World& world, const Asker& asker, const Attempt& attempt,
             const std::optional<Charge>& charge, Instant now);

}  // namespace sallyport::proof
