#pragma once
// Is this the account's password, and may this text become one.
#include "base/email.h"
#include "base/secret.h"
#include "policy/passwords.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::proof {

/// A password as a person typed it, or why it cannot be one.
struct NewPassword {
    std::optional<policy::passwords::Refusal> refusal;
    std::optional<std::int64_t> busy_seconds;  // nothing was judged to the end; try again then
};

/// Judges a new password: length, blocklist, own and operator's names, breach range, present and last ten. `earlier`:
/// the present hash and those before it; empty at sign-up. Costs one hash for each of them.
Task<NewPassword> judge_password(World& world, Secret password, Email owner, bool has_second_factor,
                                 std::vector<store::StoredHash> earlier);

/// What can be said without a hash: for the verdict while typing.
Task<std::optional<policy::passwords::Refusal>> judge_typed(World& world, Secret password, std::optional<Email> owner, bool has_second_factor);

struct HashedPassword {
    std::optional<store::StoredHash> hash;
    std::int64_t busy_seconds = 0;
};
Task<HashedPassword> hash_password(World& world, Secret password);

/// One hash, whether the account exists or not. `stored` nullopt: no such account or no password.
Task<crypto::PoolAnswer> check_password(World& world, Secret password, std::optional<store::StoredHash> stored,
                                        std::optional<crypto::HashParameters> dearest_stored);

}  // namespace sallyport::proof
