#pragma once
// Which methods an operator accepts, and how strong each is. `standard` is level 2 of OWASP ASVS 5.0,
// `strict` level 3: no text messages, no codes by e-mail, one hardware key required. An operator's own table
// may be anything that leaves people a way in and breaks no invariant. Recovery codes are no row of it:
// without them the loss of one phone would be a dead end.
#include <cstdint>
#include <optional>
#include <vector>

#include "policy/level.h"

namespace sallyport::policy::profile {

enum class Profile : std::uint8_t { standard, strict };

struct Table {
    bool totp = true;
    bool email_code = true;
    bool sms_code = true;
    bool passkey = true;        // synced ones
    bool bound_passkey = true;  // and keys that verify their user
    bool touched_key = true;
    bool trusted_browsers = true;
    bool hardware_key_required = false;  // a bound passkey comes first and last
    bool second_factor_mandatory = true;
    friend bool operator==(const Table&, const Table&) = default;
};
Table table_of(Profile profile) noexcept;

/// Passwords and recovery codes always.
bool allows(const Table& table, Method method) noexcept;

enum class Fault : std::uint8_t {
    no_strong_factor,        // nobody could reach aal2, and value could never leave
    required_key_not_taken,  // a hardware key is required and not accepted
    weak_codes_beside_key,   // a hardware key is required, and a code by mail or text would do at sign-in
    optional_beside_key,     // a hardware key is required, and no second factor is
};
std::optional<Fault> fault_of(const Table& table) noexcept;

/// Greater is stronger. A password is no second factor and stands below all.
int strength_of(Method method) noexcept;
/// What the chooser writes beside a method (ux.md, R17; NIST SP 800-63B-4, section 3.1.3.1: e-mail is no
/// out-of-band authenticator).
enum class Label : std::uint8_t { none, weak, weakest };
Label label_of(Method method) noexcept;

/// The second factors to offer: what the account holds and the table allows, strongest first, but the
/// strongest of those last used on this device before all. Where the table allows nothing that the account
/// holds, what it holds is offered: the session then may look and add, and is no dead end. Empty only where
/// nothing is held.
std::vector<Method> chooser(Methods held, Methods used_here, const Table& table);
/// As level_of, where what the table does not allow lifts no session above aal1.
Level level_under(const Table& table, Methods proven, bool password_alone_allowed) noexcept;

}  // namespace sallyport::policy::profile
