#pragma once
// Methods of proof, and the level of assurance that a set of them gives a session
// (NIST SP 800-63B-4, section 2).
#include <array>
#include <cstdint>
#include <initializer_list>

namespace sallyport::policy {

/// Ordered: a session of a level may do whatever a lower one may.
enum class Level : std::uint8_t { none, aal1, aal2, aal3 };

enum class Method : std::uint8_t {
    password,
    totp,
    recovery_code,
    email_code,
    sms_code,
    passkey,        // user verified
    bound_passkey,  // user verified and bound to one piece of hardware: not backup eligible
    touched_key,  // a key that was touched, without user verification: counts beside a password, never alone
};
inline constexpr std::array every_method{Method::password,      Method::totp,       Method::recovery_code,
                                         Method::email_code,    Method::sms_code,   Method::passkey,
                                         Method::bound_passkey, Method::touched_key};

/// A set of methods that were proven.
class Methods {
public:
    constexpr Methods() = default;
    constexpr Methods(std::initializer_list<Method> methods)
    {
        for (const Method method : methods) add(method);
    }
    constexpr void add(Method method) noexcept { m_bits |= bit(method); }
    constexpr bool has(Method method) const noexcept { return (m_bits & bit(method)) != 0; }
    friend constexpr bool operator==(Methods, Methods) = default;

private:
    static constexpr std::uint32_t bit(Method method) noexcept
    {
        return std::uint32_t{1} << static_cast<std::uint32_t>(method);
    }
    std::uint32_t m_bits = 0;
};

/// The level of what was proven. `password_alone_allowed`: the operator lets people go without a second
/// factor, and this account has none. No code by e-mail, SMS or from the kit raises a session above aal1.
Level level_of(Methods proven, bool password_alone_allowed) noexcept;

/// A strong factor is among them: an app, a passkey that verified its user, or a touched key beside the
/// password.
bool has_strong_factor(Methods shown) noexcept;

/// The highest level that the account can reach with what it has: aal1 with a password only.
struct AccountFactors {
    std::int64_t apps = 0;
    std::int64_t passkeys = 0;
    std::int64_t bound_passkeys = 0;
    std::int64_t touched_keys = 0;  // keys that never verified their user
};
Level highest_level(const AccountFactors& factors) noexcept;

/// What a session may do, besides the fresh step-up that a change asks for (step_up.h).
enum class Deed : std::uint8_t {
    view,
    end_sessions,             // only protects: never more than a session is asked
    change_security_setting,  // password, words, kit, addresses
    add_factor,
};
/// A setting is changed, and a factor added, at the account's own highest level (at aal2 where it is aal3 and
/// the setting is no factor). So a session by recovery code opens nothing strong, and a person whom the
/// operator let go without a second factor can still change a password and add one.
bool may(Level session, Deed deed, Level account_highest) noexcept;

}  // namespace sallyport::policy
