#pragma once
// Authenticator apps and recovery kits: which codes are taken, how a clock's drift is recorded and named, how
// many there may be, how old they must be, and when one is added, replaced and in force.
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/level.h"

namespace sallyport::policy::factors {

struct Limits {
    std::int64_t apps_max = 2;
    std::int64_t kits_max = 1;
    std::int64_t codes_a_kit = 10;
    Duration young =
        std::chrono::hours{72};  // a younger proof signs in, but approves no exit and no weakening
    Duration removal = std::chrono::hours{24};  // how long a removal waits, and can be stopped
};

// --- codes of an app (RFC 6238; a step is 30 s)
// ---------------------------------------------------------------------

inline constexpr std::int64_t step_seconds = 30;
inline constexpr std::int64_t drift_max = 1;            // steps that a factor may record, either way
inline constexpr std::int64_t drift_search_steps = 10;  // either way
inline constexpr std::int64_t drift_search_after = 2;   // failures

/// A run of steps, both ends included.
struct Steps {
    std::int64_t first = 0;
    std::int64_t last = 0;
    constexpr bool holds(std::int64_t step) const noexcept { return first <= step && step <= last; }
};
/// The steps whose codes are taken: two, placed by the recorded drift; three at enrolment, when none is
/// recorded.
Steps accepted_steps(std::int64_t now_step, std::int64_t drift, bool enrolment);

struct CodeFacts {
    std::int64_t now_step = 0;
    std::int64_t drift = 0;                   // recorded: -1, 0 or 1
    std::optional<std::int64_t> last_step{};  // the newest step ever accepted from this app
    std::optional<std::int64_t> matched{};    // the newest of `accepted_steps` whose code is the one typed
    bool enrolment = false;
};
enum class CodeAnswer : std::uint8_t {
    accepted,  // record `step` and `drift` by one guarded update (AND last_step < step): the loser was
               // replayed
    replayed,  // say "already used, wait for the next one"; charged as a wrong guess
    wrong,
};
struct CodeVerdict {
    CodeAnswer answer = CodeAnswer::wrong;
    std::int64_t step = 0;
    std::int64_t drift = 0;
};
CodeVerdict judge_code(const CodeFacts& facts);

/// After two failures one search over ±10 steps may name how far a clock is off. It accepts nothing, and is
/// charged as ten guesses (throttle::charge_search) before it is made, once between two successes.
bool may_search_drift(std::int64_t failures) noexcept;
Steps drift_search(std::int64_t now_step) noexcept;
/// How far the phone's clock is ahead (below zero: late), for the words of the page; nothing where no code
/// matched.
std::optional<Duration> name_drift(std::int64_t now_step, std::optional<std::int64_t> matched) noexcept;

// --- ages
// -----------------------------------------------------------------------------------------------------------

bool is_young(Instant created, Instant now, const Limits& limits) noexcept;
/// A young factor proves identity for signing in, and approves no weakening.
bool may_approve_weakening(Instant created, Instant now, const Limits& limits) noexcept;

// --- adding and replacing
// -------------------------------------------------------------------------------------------

struct AddFacts {
    Level session = Level::none;
    Level account_highest = Level::none;
    bool stepped_up = false;      // a step-up for this very purpose was redeemed
    std::int64_t apps = 0;        // confirmed; one on its way out counts, for it may be kept
    bool approver_young = false;  // the factor that gave the step-up
    bool replacement_running = false;
};
enum class AddVerdict : std::uint8_t {
    allowed,
    needs_level,  // sign in with the strongest factor first
    needs_step_up,
    too_many,             // replace one instead
    too_young,            // a young factor approves no weakening: add a second app meanwhile
    replacement_running,  // one app is on its way out already
};
AddVerdict may_add_app(const AddFacts& facts, const Limits& limits);
AddVerdict may_replace_app(const AddFacts& facts);
struct KitFacts {
    std::int64_t codes_left = 1;      // of the kit in force; 0 where there is none
    bool older_than_approver = true;  // that kit is older than the factor that gave the step-up
};
/// A kit is made anew by whoever holds a factor; there is one. While codes of the old one work a young factor
/// kills none that is older than itself: who adds an app by the password and the mailbox would else take the
/// owner's way back with the next press.
AddVerdict may_make_kit(const AddFacts& facts, const KitFacts& kit);

/// When the replaced app stops working, counted from when the new one is confirmed; until then either signs
/// in, and the person or any old channel can stop it. The last app that is old enough stays until its
/// replacement is, too.
Duration replaced_app_ends_after(bool another_old_app_stays, const Limits& limits) noexcept;

/// Setting up an app or a kit. An app: its code, then proof that the backup was saved, asked on the next
/// page. A kit needs the proof only. In force when finished, not before; in that moment a new kit kills the
/// old one, so that there is always exactly one.
enum class SetUp : std::uint8_t { shown, code_proven, finished };
enum class SetUpEvent : std::uint8_t { code_right, backup_proven };
enum class SetUpKind : std::uint8_t { app, kit };
SetUp set_up_step(SetUpKind kind, SetUp stage, SetUpEvent event);

}  // namespace sallyport::policy::factors
