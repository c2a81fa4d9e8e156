#pragma once
// The lock that whoever holds a message of ours, a passkey, a recovery code or a session puts on the account
// (policy.md, Lock): what it takes, what it ends, how its owner opens it again, and why nobody keeps the
// owner out by locking again and again.
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "policy/holds.h"
#include "policy/level.h"
#include "policy/range.h"

namespace sallyport::policy::lock {

struct Limits {
    Duration code_life = std::chrono::days{30};      // of a message's lock code
    Duration wait = std::chrono::hours{24};          // one factor and a mailed code
    Duration wait_alone = std::chrono::hours{72};    // what signs in, without the mailbox
    Duration delay = std::chrono::hours{48};         // of an unlocking that waits, once by each voice
    Duration exits_paused = std::chrono::hours{72};  // once by each voice that does no more
    Duration young = std::chrono::hours{72};         // what is younger unlocks when it is that old
};
struct Ranges {
    Range<Duration> code_life{std::chrono::days{7}, std::chrono::days{30}};
    Range<Duration> wait{std::chrono::hours{24}, std::chrono::hours{24}};
    Range<Duration> wait_alone{std::chrono::hours{72}, std::chrono::hours{72}};
    Range<Duration> delay{std::chrono::hours{24}, std::chrono::hours{48}};
    Range<Duration> exits_paused{std::chrono::hours{72}, std::chrono::days{7}};
    Range<Duration> young{std::chrono::hours{72}, std::chrono::hours{72}};
};
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits) noexcept;

// --- locking

enum class Means : std::uint8_t { message, passkey, recovery_code, session };

/// What was shown for it.
struct Shown {
    Means means = Means::message;
    bool right = false;       // the code, the passkey, or a session in force
    bool address = false;     // the account's own was typed
    bool human_step = false;  // something that stands neither in the message nor in the form as it comes
};
/// A code takes the address and the step; a passkey names its account and is touched by a person; a session
/// asks for one confirmation.
bool suffices(const Shown& shown) noexcept;

/// What one voice has said. A mailbox is a voice, whichever message the code is from; so are all passkeys
/// together, a kit, and all sessions together.
struct Said {
    bool in_this_lock = false;  // it locked, or delayed the unlocking
    bool delayed = false;       // the unlocking that waits
    bool spoken = false;        // it did so in a lock that is over, and nobody confirmed it since
    bool paused = false;        // exits, since then
    friend bool operator==(const Said&, const Said&) = default;
};

enum class State : std::uint8_t { open, locked, closed };
struct LockFacts {
    Shown shown{};
    State state = State::closed;
    Said said{};                         // by this voice, so far
    std::optional<Instant> unlock_at{};  // an unlocking waits
};
enum class Answer : std::uint8_t {
    refused,  // the answer that all refusals share
    locked,
    stays_locked,  // it was locked already, and nothing more happens
    delayed,       // the unlocking, until `until`
    exits_paused,  // until `until`, and nothing else
    had_its_say,   // nothing
};
struct Verdict {
    Answer answer = Answer::refused;
    Instant until{};
    Said said{};  // by this voice, from now on
};
Verdict ask(const LockFacts& facts, Instant now, const Limits& limits) noexcept;

/// What a lock finds under way.
enum class Found : std::uint8_t {
    session,
    half_finished_sign_in,
    step_up,
    trusted_browser,
    known_browser,
    reset,
    pending_change,
    recovery_case,  // may be the owner's own way back
};
bool ends(Found found) noexcept;

// --- unlocking

struct UnlockFacts {
    bool locked = false;
    /// Right in this browser within the hour; the password among them, with the age that it has.
    std::span<const holds::Approval> shown{};
    /// Since when the mailbox is the account's own, where its code was right.
    std::optional<Instant> mailbox_since{};
    bool has_strong_factor = true;       // the account has one
    std::optional<Instant> unlock_at{};  // one waits already
    std::int64_t delays = 0;             // of this lock's unlocking, so far
};
enum class UnlockAnswer : std::uint8_t { not_enough, waits, unlocked };
struct UnlockVerdict {
    UnlockAnswer answer = UnlockAnswer::not_enough;
    Instant at{};
};
/// At once: two strong factors of two roots. After 24 h: one of them and a mailed code, or the password and a
/// mailed code where the account has no strong factor. After 72 h: what signs in by itself. What is young
/// counts from when it is 72 h old. Showing the same again neither hurries nor delays an unlocking that
/// waits, and a delay that somebody asked for counts whatever is shown later.
UnlockVerdict judge_unlock(const UnlockFacts& facts, Instant now, const Limits& limits);
/// The unlocking that waits is carried out.
bool is_due(std::optional<Instant> unlock_at, Instant now) noexcept;

/// All codes die when the account is unlocked. A voice that took part in the lock from then on only pauses
/// exits, once, until it is confirmed again.
Said after_unlock(const Said& said) noexcept;
/// The owner says, by a fresh strong factor, that it is theirs alone.
Said after_confirming() noexcept;
/// It has anything to confirm.
bool only_pauses(const Said& said) noexcept;

}  // namespace sallyport::policy::lock
