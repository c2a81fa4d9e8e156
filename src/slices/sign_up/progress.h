#pragma once
// A sign-up as far as it has come: a sealed row of 24 h, one a browser, found by the SHA-256 of a cookie's
// secret. It holds no more than the mailed code until its browser has typed that code (policy.md, "Sign-up";
// attacks.md, case 27).
#include "base/email.h"
#include "policy/sign_up.h"
#include "proof/codes.h"
#include "proof/world.h"
#include "store/credentials.h"
#include "store/sign_ups.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::sign_up {

inline constexpr policy::sign_up::Limits limits;
/// Of a mailed code.
inline constexpr std::size_t code_digits = 8;

/// What is printed, and what will be stored of it.
struct Backup {
    KitId kit;
    Instant made_at{};
    std::vector<Secret> printed;  // wiped with the row
    std::vector<store::StoredHash> hashes;
    std::int64_t asked = 0;  // 1-based: the code whose last characters are asked for; 0: not asked yet
};

struct Progress {
    Email email;
    Instant begun{};
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    policy::sign_up::Challenge challenge;  // its tries are the row's column
    std::string code;                      // empty: none is right
    AccountId account;                     // of the account to be; the kit's hashes are bound to it
    std::string words;
    std::optional<store::StoredHash> password;
    std::optional<store::Passkey> passkey;  // in the place of password and app
    Secret app_key;                         // empty until the app's page is reached
    std::int64_t app_step = 0;              // spent at enrolment
    std::int64_t app_drift = 0;
    std::optional<Backup> backup;
};

/// The row and what stands in it.
struct Found {
    store::SignUpRow row;
    Progress progress;
    /// The browser has proved the address.
    [[nodiscard]] bool proven() const noexcept { return row.proven; }
};

/// nullopt where there is none, where it is over, or where it is not of this program's making.
std::optional<Found> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, Instant now);
void insert(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const Progress& progress);
/// False where the row has moved on since it was found.
bool save(db::Tx& tx, const proof::World& world, const Found& found, bool proven);

/// The newest other browser's row for this address that was proven.
std::optional<Found> find_other(db::Tx& tx, const proof::World& world, const Found& own, Instant now);

Backup backup_of(const proof::NewKit& kit, KitId id, Instant now);
Backup copy_of(const Backup& backup);

/// Eight digits.
std::string fresh_code(ports::Random& random);

/// What the next step is judged by.
policy::sign_up::Facts facts_of(const Found& own, const proof::World& world) noexcept;

/// For a page: what stands in the row of this browser, where there is one.
Task<std::optional<Found>> read_progress(proof::World& world, store::TokenHash secret);

}  // namespace sallyport::sign_up
