#pragma once
// Holds on value: what starts one, how long it lasts, and what an exit is asked before value leaves above the
// daily cap. The longest hold wins, and nobody shortens one, staff neither. Closing positions and topping up
// margin stay open. A hold says why, until when, and what still works.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "policy/level.h"
#include "policy/range.h"
#include "policy/roots.h"

namespace sallyport::policy::holds {

struct Limits {
    Duration change = std::chrono::hours{72};
    /// The operator's choice, where an old phishing-resistant factor on another root approved that very
    /// change.
    Duration approved_change = std::chrono::hours{24};
    Duration told_nobody_else = std::chrono::days{7};  // every channel that was told was itself evidence
    /// An exit that only one root approves; a factor younger than this is no second root.
    Duration one_root = std::chrono::days{7};
    Duration payee = std::chrono::days{7};       // an exit to a payee younger than this
    Duration contested = std::chrono::days{14};  // at most
    Duration young = std::chrono::hours{72};     // factors, browsers
};
struct Ranges {
    Range<Duration> change{std::chrono::hours{72}, std::chrono::days{30}};
    Range<Duration> approved_change{std::chrono::hours{0}, std::chrono::hours{24}};
    Range<Duration> told_nobody_else{std::chrono::days{7}, std::chrono::days{30}};
    Range<Duration> one_root{std::chrono::days{7}, std::chrono::days{30}};
    Range<Duration> payee{std::chrono::days{7}, std::chrono::days{30}};
    Range<Duration> contested{std::chrono::days{1}, std::chrono::days{14}};
    Range<Duration> young{std::chrono::hours{72}, std::chrono::days{30}};
};
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits) noexcept;

enum class Cause : std::uint8_t {
    password_changed,
    password_reset,
    factor_added,
    factor_changed,  // replaced, or moved to another phone
    factor_removed,  // or lost
    kit_made,
    email_changed,
    phone_changed,
    recovered,     // by a road back (roads.h)
    contested,     // a second case was vetoed within 30 days
    exits_paused,  // by a lock code that may do no more (lock.h)
};

/// A stable code, for programs and rows of pages: "password_changed".
std::string_view name_of(Cause cause) noexcept;

/// A proof that approves something, given for that very thing.
struct Approval {
    Method method = Method::password;
    roots::Kept kept{};
    Instant created{};  // of the factor
};
bool is_phishing_resistant(Method method) noexcept;
/// Approves a change, or a browser that is not known for 72 h, so that the wait is the short one: phishing
/// resistant, older than 72 h, and on another root than all of `others`: what changes and what was evidence,
/// or what signed that browser in.
bool approves_apart(const Approval& approval, std::span<const roots::Kept> others, Instant now,
                    const Limits& limits) noexcept;

/// Every channel that was told falls together with a channel that was evidence: then the one who changed it
/// may have been the only one to hear of it. So too where nobody was told.
bool told_nobody_else(std::span<const roots::Kept> told, std::span<const roots::Kept> evidence) noexcept;

struct Facts {
    Cause cause = Cause::recovered;
    bool approved_apart = false;  // a recovery and a contest never are
    bool told_nobody_else = true;
};
Duration hold_after(const Facts& facts, const Limits& limits) noexcept;
/// The longest wins.
Instant until(std::optional<Instant> running, Instant now, Duration hold) noexcept;

// --- what an exit asks

/// Judged when it is asked for and again in the moment in which value would leave.
struct ExitFacts {
    bool frozen = true;  // by the owner or a lock
    Level session = Level::none;
    bool stepped_up = false;                // step_up::judge is right for this very exit
    std::span<const Approval> approvals{};  // strong proofs given for this exit, the step-up among them
    std::optional<Instant> browser_known_since{};
    bool browser_approved = false;  // by a known browser, or by a passkey that stands apart
    bool above_cap = true;          // with all that left in 24 h
    std::optional<Instant> hold_until{};
    Instant payee_added{};  // own new addresses too
    Instant asked_at{};
};
enum class ExitAnswer : std::uint8_t {
    go,
    wait,  // until `until`; visible, told, and stopped by one press
    frozen,
    needs_level,    // aal2
    needs_step_up,  // by an app or a passkey, for this summary
    too_young,      // come back at `until`: the factor is not 72 h old
};
enum class Why : std::uint8_t { nothing, hold, browser, one_root, payee, young_factor };
struct ExitVerdict {
    ExitAnswer answer = ExitAnswer::frozen;
    Why why = Why::nothing;
    Instant until{};
};
ExitVerdict judge_exit(const ExitFacts& facts, Instant now, const Limits& limits);

}  // namespace sallyport::policy::holds
