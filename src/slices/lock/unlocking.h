#pragma once
// A browser that unlocks an account, as far as it has come: a sealed row of an hour, found by the SHA-256 of
// a cookie's secret. The row is there for addresses without an account and for accounts that are not locked,
// too: nothing shown there is ever right.
#include "base/email.h"
#include "policy/challenge.h"
#include "proof/lock.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::lock {

inline constexpr std::string_view row_purpose = "unlock";
inline constexpr Duration row_life = std::chrono::hours{1};
/// Eight digits: the code stands beside another proof, and strangers may ask for one.
inline constexpr policy::challenge::Limits code_limits{.digits = 8};

/// A factor that was right in this browser.
struct Factor {
    policy::Method method;
    FactorId id;  // of the app or passkey; of the password, nothing
    friend bool operator==(const Factor&, const Factor&) = default;
};

struct Unlocking {
    Email email;
    AccountId account;   // nobody's id where there is nothing to unlock
    bool known = false;  // the address has an account that was locked when it was typed
    Instant begun{};
    policy::challenge::Challenge challenge{};  // its tries are the row's column
    std::string code{};                        // of the mail; never right where none was owed
    bool mailed = false;                       // it was right
    bool has_pass = false;                     // and opened a few tries of its own
    std::vector<Factor> factors{};
    std::optional<Instant> no_mail_until{};  // none was sent: too many were asked for until then
    std::optional<Instant> case_until{};     // the kit's road was opened: until when its case waits
    [[nodiscard]] bool has_shown() const noexcept { return mailed || !factors.empty(); }
};

std::optional<Unlocking> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                              Instant now);
void save(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const Unlocking& row);

/// As policy asks for it, of what the account still has.
proof::UnlockShown shown_of(db::Tx& tx, const proof::World& world, const store::CredentialSet& credentials,
                            const Unlocking& row);

}  // namespace sallyport::lock
