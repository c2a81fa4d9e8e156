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

/// For whom a password is judged.
struct PasswordOwner {
    std::optional<Email> email;
    std::vector<std::string> words;  // the person's anti-phishing words and the like; may be empty
    bool has_second_factor = false;
};

/// What can be said without a slow hash: length, names, the blocklist, and the breach range service where one
/// is configured. The service failing refuses nobody: it is an extra, and the blocklist has been asked.
Task<std::optional<policy::passwords::Refusal>> judge_typed(World& world, Secret password,
                                                            PasswordOwner owner);

struct Judgement {
    std::optional<policy::passwords::Refusal> refusal;
    std::optional<std::int64_t> busy_seconds;  // not judged to the end: try again then
};
/// As judge_typed, and against the hashes before: the present one first. One slow hash for each.
Task<Judgement> judge_new(World& world, Secret password, PasswordOwner owner,
                          std::vector<store::StoredHash> earlier);

struct HashedPassword {
    std::optional<store::StoredHash> hash;
    std::int64_t busy_seconds = 0;
};
Task<HashedPassword> hash_password(World& world, Secret password);

/// One hash, whether the account exists or not. `stored` nullopt: no such account or no password.
/// `dearest_stored`: as store::dearest_hash_parameters says.
Task<crypto::PoolAnswer> check_password(World& world, Secret password,
                                        std::optional<store::StoredHash> stored,
                                        std::optional<crypto::HashParameters> dearest_stored);

}  // namespace sallyport::proof
