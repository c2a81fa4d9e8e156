#pragma once
// Passkeys and security keys, after their cryptography was checked (W3C WebAuthn level 3, sections 7.1 and
// 7.2): which answer of an authenticator counts, and as what; which new one is taken; which may go.
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "policy/level.h"
#include "policy/profile.h"
#include "policy/range.h"
#include "policy/roots.h"

namespace sallyport::policy::passkeys {

struct Limits {
    std::int64_t passkeys_max = 10;  // an account
    Duration challenge_life = std::chrono::minutes{5};
    std::int64_t name_code_points_max = 64;
    Duration prompt_rest = std::chrono::days{30};  // "Not now" (ux.md, R18)
};
struct Ranges {
    Range<std::int64_t> passkeys_max{2, 10};  // two, so that a password may go
    Range<Duration> challenge_life{std::chrono::minutes{2}, std::chrono::minutes{5}};
    Range<Duration> prompt_rest{std::chrono::days{7}, std::chrono::days{365}};
};
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits) noexcept;

/// The row of the challenge that the client data names. Mark it used by one guarded update (AND used = 0)
/// before the signature is checked: one use, right or wrong.
struct Challenge {
    bool found = false;
    bool same_browser = false;
    bool same_purpose = false;  // and, of a step-up, the same summary
    bool used = false;
    Instant made_at{};
};
enum class ChallengeAnswer : std::uint8_t { good, unknown, other_browser, other_purpose, used, expired };
ChallengeAnswer judge_challenge(const Challenge& challenge, Instant now, const Limits& limits) noexcept;

/// What a key proves: by whether its user is verified, and whether it can be copied.
Method method_of(bool user_verified, bool backup_eligible) noexcept;

// --- an assertion

enum class Use : std::uint8_t {
    alone,     // signs in by itself: counts as both factors, so the user must be verified
    second,    // after a right password
    step_up,   // proves again who sits there
    recovery,  // a reset, an unlock or a stop: in the place of the strongest factor
};

struct Assertion {
    ChallengeAnswer challenge = ChallengeAnswer::unknown;
    bool credential_known = false;
    bool right_account = false;  // of the session or sign-in; with `alone`, of the user handle
    bool user_present = false;
    bool user_verified = false;
    bool backup_eligible = false;
    bool backed_up = false;
    std::int64_t counter = 0;
    // what the row holds
    bool registered_verified = false;  // its user was verified when it was registered
    bool registered_eligible = false;
    bool last_backed_up = false;
    std::int64_t last_counter = 0;
};
enum class AssertionAnswer : std::uint8_t {
    right,  // store counter and backup state by one guarded update (AND counter < new, or both 0)
    challenge_refused,
    unknown_credential,  // answered with signalUnknownCredential
    other_account,
    not_present,
    not_verified,         // or was not when it was registered: then it counts beside a password only
    impossible_flags,     // backed up, and not eligible for it
    eligibility_changed,  // never changes in one credential's life
    counter_back,         // a copy may exist: refused, an event and a notice
};
struct AssertionVerdict {
    AssertionAnswer answer = AssertionAnswer::challenge_refused;
    Method method = Method::touched_key;  // with `right`: what was proven
    bool note_backup_state = false;       // with `right`: it changed, which stands in the history
};
AssertionVerdict judge_assertion(const Assertion& facts, Use use) noexcept;
/// What to ask the browser for: "required", or else "preferred".
bool verification_required(Use use, bool registered_verified) noexcept;
/// Both zero means an authenticator that does not count.
bool counter_goes_on(std::int64_t last, std::int64_t now) noexcept;

// --- a registration

enum class Attestation : std::uint8_t { none, self, untrusted, trusted };  // `untrusted`: no known root
inline constexpr std::int64_t eddsa = -8, es256 = -7, rs256 = -257;        // COSE, in the order of the offer
bool takes_algorithm(std::int64_t algorithm) noexcept;

struct Registration {
    ChallengeAnswer challenge = ChallengeAnswer::unknown;
    bool entitled =
        false;  // without a session: at sign-up after the mailed code, or at the end of a road back
    Level session = Level::none;
    Level account_highest = Level::none;
    bool stepped_up = false;
    bool has_password = false;
    std::int64_t held = 0;          // passkeys and keys of the account
    std::int64_t bound_held = 0;    // of them, bound passkeys
    bool known_credential = false;  // this credential is registered already, here or in another account
    bool user_present = false;
    bool user_verified = false;
    bool backup_eligible = false;
    bool backed_up = false;
    std::int64_t algorithm = 0;
    Attestation attestation = Attestation::none;
    bool attestation_demanded = false;  // the operator's choice
};
enum class RegistrationAnswer : std::uint8_t {
    allowed,
    needs_level,
    needs_step_up,
    too_many,
    challenge_refused,
    not_present,
    impossible_flags,
    algorithm_not_taken,
    already_held,
    attestation_missing,
    method_not_allowed,  // the operator's table has no such method
    needs_hardware_key,  // the first one has to be a hardware key that verifies its user
    needs_password,      // a key that verifies nobody counts beside a password only
};
struct RegistrationVerdict {
    RegistrationAnswer answer = RegistrationAnswer::challenge_refused;
    Method method = Method::touched_key;  // with `allowed`: what it will prove
};
RegistrationVerdict judge_registration(const Registration& facts, const profile::Table& table,
                                       const Limits& limits) noexcept;
/// May the dialog be opened at all? The part of it that is known before: level, step-up, room.
RegistrationAnswer may_register(const Registration& facts, const Limits& limits) noexcept;

// --- what may go

/// One strong factor of the account: an app, a passkey, a key.
struct Strong {
    Method method = Method::touched_key;
    roots::Kept kept{};
    bool young = true;     // below 72 h (factors::is_young)
    bool leaving = false;  // its removal waits already
};
struct RemoveFacts {
    Level session = Level::none;
    Level account_highest = Level::none;
    bool stepped_up = false;
    bool approver_young = true;
    bool browser_settled = false;  // known for 72 h, or approved by one that is
    bool has_password = false;     // and it is not on its way out
    std::span<const Strong> factors{};
};
enum class RemoveAnswer : std::uint8_t {
    waits,       // a pending change of `changes::wait_of`
    waits_long,  // 72 h: proven by less than the account's highest level (the key is lost), or in a browser
                 // not known for 72 h
    needs_level,
    needs_step_up,
    too_young,  // a young factor approves no weakening
    leaving_already,
    last_strong_factor,  // add another first, and wait until it is old enough
    last_hardware_key,   // the operator requires one
    last_way_in,         // without a password two passkeys on two roots stay
};
/// Of `factors[which]`, any method of it.
RemoveAnswer may_remove_factor(const RemoveFacts& facts, std::size_t which, const profile::Table& table);
/// Only where two passkeys of different providers or pieces of hardware stay.
RemoveAnswer may_remove_password(const RemoveFacts& facts);

/// May a passkey be proposed? Never in the way of a sign-in: afterwards (ux.md, R18).
bool may_prompt(bool has_passkey, std::optional<Instant> not_now_at, Instant now,
                const Limits& limits) noexcept;

}  // namespace sallyport::policy::passkeys
