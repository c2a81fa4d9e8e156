#pragma once
// A step-up is a fresh proof, bound to exactly what was shown: purpose, account, session and the digest of
// the summary. Five minutes from asking, one use. Signing in never counts as one: a row starts without any
// proof.
#include <cstdint>

#include "base/time.h"
#include "policy/level.h"
#include "policy/range.h"

namespace sallyport::policy::step_up {

struct Limits {
    Duration life = std::chrono::minutes{5};
};
struct Ranges {
    Range<Duration> life{std::chrono::minutes{2}, std::chrono::minutes{5}};  // it may only be shortened
};
/// All limits above, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

/// What a deed does to the protection of the account. An account that has no strong factor approves with its
/// own best proof, which is weak: enough to add protection, never to take any away.
enum class Deed : std::uint8_t {
    adds,       // an app, a passkey or a key, the first kit
    adds_code,  // codes by mail or text
    keeps,      // the password, the words: neither more nor less than before
    takes,      // removes, replaces, changes or adds an address, replaces a number, moves value
};

/// A kit in the place of one whose codes still work takes those away, and ends the road that began with one
/// (roads::Happening::kit_made); where none is left it only adds. `codes_left`: of the kit in force.
Deed deed_of_kit(std::int64_t codes_left) noexcept;

/// The row that was named, compared with what is being done now.
struct Facts {
    bool same_account = false;
    bool same_session = false;
    bool same_purpose = false;
    bool same_summary = false;
    bool used = false;
    Instant asked_at{};
    bool weak_second_held = false;  // the account's second factor is a code by mail or text
    Deed deed = Deed::takes;
};

enum class Verdict : std::uint8_t {
    right,
    other_account,
    other_session,
    other_purpose,
    other_summary,
    used,
    expired,
    not_enough,  // what was proven for this row does not suffice
};

/// What suffices, of the proofs given for this very row: a code of the app or a passkey; a key that was only
/// touched together with the password; where the account has no such factor the password, and with it a code
/// by mail or text where that is its second factor, or a recovery code in its place. In an account that has a
/// strong factor a recovery code never. What takes protection away is approved by a strong factor only. Codes
/// by mail or text are added by the password where the account has no second factor at all; beside another
/// such code by a strong factor only, so that whoever reads one channel opens no second one.
bool suffices(Methods fresh, Level account_highest, Deed deed, bool weak_second_held) noexcept;

/// What the owner of an account is asked for where it has no strong factor.
enum class WeakProof : std::uint8_t {
    none,               // a strong factor is added first
    password,           // alone
    password_and_code,  // a code by mail or text, or a recovery code in its place
};
WeakProof weak_proof(Level account_highest, Deed deed, bool weak_second_held) noexcept;

/// What the page asks for, of the methods that the account holds; each of them suffices. Where all of them
/// together would suffice there is at least one, so that nobody is left without a way to approve what an
/// account with these methods may.
struct Ways {
    bool passkey = false;             // alone: it verifies its user
    bool app_code = false;            // alone
    bool key_after_password = false;  // a key that is only touched, and the password before it
    WeakProof weak = WeakProof::none;
    friend bool operator==(const Ways&, const Ways&) = default;
};
Ways ways(Methods held, Level account_highest, Deed deed) noexcept;

/// Is the deed approved? `fresh` is what was proven for this row since it was asked, never what the session
/// signed in with. When `right`, mark the row used by one guarded update (AND used = 0) in the transaction of
/// the deed.
Verdict judge(const Facts& facts, Methods fresh, Level account_highest, Instant now,
              const Limits& limits) noexcept;
/// May a proof still be tried for this row? As `judge`, before anything is proven: never `not_enough`.
Verdict may_prove(const Facts& facts, Instant now, const Limits& limits) noexcept;

}  // namespace sallyport::policy::step_up
