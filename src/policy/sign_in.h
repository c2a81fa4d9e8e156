#pragma once
// What follows a first factor, and what follows a second. Until the first factor is proven everything else
// gets one shared answer: unknown address, wrong password, locked and closed account look the same (ux.md,
// R8). After it a locked account leads to its unlocking.
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "policy/level.h"
#include "policy/profile.h"
#include "policy/range.h"

namespace sallyport::policy::sign_in {

struct Limits {
    Duration half_finished_life = std::chrono::minutes{15};  // the sealed row between the two factors
    std::int64_t clock_line_after = 2;                       // wrong codes until the server's clock is shown
    std::int64_t stopped_notice_every = 3;                   // wrong second factors until mail E12
};
struct Ranges {
    Range<Duration> half_finished_life{std::chrono::minutes{5}, std::chrono::minutes{15}};
};
/// The limits that have a range, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

enum class AccountState : std::uint8_t { active, locked, closed };

/// Whether a password is compared at all. A locked account's is: whoever has it is led to the unlocking.
/// Where it is refused anyhow, right and wrong must cost the same: the try costs what it costs at an address
/// that nobody has.
bool compares_password(AccountState state) noexcept;

/// Facts after the hash was compared. For an unknown address the dummy hash was, and only `account_known` is
/// read.
struct FirstFacts {
    bool account_known = false;
    bool password_right = false;
    AccountState state = AccountState::active;
    Methods held{};       // second factors of the account; a passkey or key by what it proves
    Methods used_here{};  // what was last used on this device
    profile::Table table{};
    bool second_factor_mandatory = true;
};

enum class Next : std::uint8_t {
    refuse,             // with the answer that all refusals share
    ask_second_factor,  // open a half-finished row; `methods` are those of profile::chooser
    signed_in,          // a session of `level`
    unlock,             // the account is locked: to the page that opens it again (lock.h)
};

struct FirstVerdict {
    Next next = Next::refuse;
    Level level = Level::none;
    std::vector<Method> methods;
    /// The operator asks for a second factor and the account has none: the session may only look and add one.
    bool must_add_factor = false;
};
FirstVerdict after_first_factor(const FirstFacts& facts);

/// A passkey that named its account and was right (passkeys::Use::alone): it counts as both factors, so no
/// second one is asked for. Of a locked account it leads to the unlocking, of a closed one it is refused like
/// an unknown one. Where the
/// operator's table no longer has the method the session is aal1, and no dead end.
struct AloneFacts {
    Method method = Method::touched_key;
    AccountState state = AccountState::active;
    profile::Table table{};
};
struct AloneVerdict {
    bool signed_in = false;
    Level level = Level::none;
    bool unlock = false;  // the account is locked: to the page that opens it again
};
AloneVerdict after_passkey(const AloneFacts& facts);

struct SecondFacts {
    Method method = Method::totp;
    bool right = false;
    AccountState state = AccountState::active;  // read again: a lock in between counts
    Instant begun{};                            // when the half-finished row was made
    std::int64_t wrong_before =
        0;  // wrong second factors after a right password, of this account since its last success
    profile::Table table{};
};

enum class SecondAnswer : std::uint8_t {
    signed_in,  // the row dies; a session of `level`
    wrong,      // the row stays
    over,       // the row is too old, or the account was locked or closed meanwhile: it dies, begin again
};

struct SecondVerdict {
    SecondAnswer answer = SecondAnswer::over;
    Level level = Level::none;
    bool say_clock = false;       // show the server's clock, and say to set the phone's time to automatic
    bool tell_stopped = false;    // mail E12: right password, wrong second factor three times
    bool tell_code_used = false;  // mail E15: a recovery code was used
};
SecondVerdict after_second_factor(const SecondFacts& facts, Instant now, const Limits& limits);

}  // namespace sallyport::policy::sign_in
