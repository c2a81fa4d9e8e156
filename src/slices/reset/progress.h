#pragma once
// A reset, or the end of a road back, as far as it has come: a sealed row of 30 minutes, one a browser, found
// by the SHA-256 of a cookie's secret. The row is there for addresses without an account too, and its code is
// then never right.
#include "base/email.h"
#include "policy/challenge.h"
#include "policy/reset.h"
#include "proof/world.h"
#include "store/credentials.h"
#include "store/sealed_rows.h"

#include <optional>
#include <string>

namespace sallyport::reset {

inline constexpr policy::reset::Limits limits;
/// Eight digits: the code opens a page that asks for a strong factor, and strangers may try it anywhere.
inline constexpr policy::challenge::Limits code_limits{.digits = 8};

/// What the mailed code is for. One that was mailed for the one is unknown to the other.
enum class Purpose : std::uint8_t {
    reset,    // P7, mail E5
    recover,  // P8h: a case that has waited is finished; mail E6
};

/// The strong factor that was shown: which one, for the hold that follows.
struct Proven {
    policy::Method method = policy::Method::totp;
    FactorId factor;
};

struct Progress {
    Email email;
    AccountId account;  // nobody's id where the address has no account
    Instant begun{};
    policy::reset::Stage stage = policy::reset::Stage::code;
    policy::challenge::Challenge challenge{};  // its tries are the row's column
    std::string code{};                        // never right where nobody shall get in
    std::optional<Instant> password_at{};      // of the password when it began: another one ends the reset
    bool has_pass = false;                     // the right code opened a few tries of its own
    std::optional<Proven> proven{};
    std::optional<store::StoredHash> password{};  // P8h: chosen, and not in force yet
    Secret app_key{};                             // P8h: of the app to be
    std::optional<Instant> held_until{};          // when it is done
};

/// The row and what stands in it.
struct Found {
    Purpose purpose;
    store::TokenHash secret;
    Progress progress;
};

/// nullopt where there is none or it is over. `secret`: one statement, whatever it is.
std::optional<Found> find(db::Tx& tx, const proof::World& world, Purpose purpose,
                          const store::TokenHash& secret, Instant now);
void save(db::Tx& tx, const proof::World& world, const Found& found);
void end(db::Tx& tx, const Found& found);

/// For a page.
Task<std::optional<Found>> read_progress(proof::World& world, Purpose purpose, store::TokenHash secret);

/// Eight digits.
std::string fresh_code(ports::Random& random);
/// The tries are counted under this name.
std::string_view name_of(Purpose purpose) noexcept;

/// A lock never ends the owner's own case: for its end, a locked account counts as open.
policy::sign_in::AccountState state_for(Purpose purpose, const store::CredentialSet& credentials);
/// What policy::reset::step is asked: the account is read again at each step.
policy::reset::Facts facts_of(const Found& found, const store::CredentialSet& credentials);

}  // namespace sallyport::reset
