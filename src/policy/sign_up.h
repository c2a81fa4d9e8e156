#pragma once
// Sign-up: one row an address, 24 h, and one challenge for each browser that asked at that address. A browser
// gets nowhere until it typed the code that was mailed, so a squatter without the mailbox never gets the
// account and never stands in the owner's way. The account is created at the last step.
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace sallyport::policy::sign_up {

struct Limits {
    Duration row_life = std::chrono::hours{24};
    Duration code_life = std::chrono::minutes{15};
    std::int64_t code_tries_max = 5;  // a challenge: sending again never gives new ones
    std::int64_t sends_max = 5;       // a challenge, the first mail included
    Duration send_gap = std::chrono::seconds{60};
    Duration setting_up = std::chrono::minutes{15};  // of a new account: no step-up for a notice address
};

// --- the mailed code, of one browser at one address
// -----------------------------------------------------------------

struct Challenge {
    Instant sent_at{};  // of the newest code: only that one is right
    std::int64_t sends = 0;
    std::int64_t tries = 0;  // charged before the code is compared
    friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// The address was entered, or "send a new code" pressed: the same rule, so that entering it again is no way
/// around.
struct SendVerdict {
    bool send = false;  // make a code, mail it, store `challenge`; else nothing changes
    Challenge challenge;
    Instant next_send_at{};  // where `send` is false: when another code may be asked for
};
/// A challenge is begun anew only when its last code is dead by age. The mails are also counted by network
/// and address (throttle::Mails).
SendVerdict send_code(const std::optional<Challenge>& before, Instant now, const Limits& limits);

enum class CodeAnswer : std::uint8_t { right, wrong, expired, spent };
/// `challenge` as it was before this try. Charge the try first (guard: tries < code_tries_max), compare
/// after; `expired` and `spent` charge nothing.
CodeAnswer judge_code(const Challenge& challenge, bool code_right, Instant now, const Limits& limits);
/// How many tries are left.
std::int64_t tries_left(const Challenge& challenge, const Limits& limits) noexcept;

// --- the row
// --------------------------------------------------------------------------------------------------------

/// What is awaited. `address`: the mailed code; `password`: it, or a passkey in its place.
enum class Stage : std::uint8_t { address, password, app, backup, created };
enum class Event : std::uint8_t {
    code_right,         // in any browser that has a challenge at this address
    password_accepted,  // passwords::judge refused nothing
    passkey_made,       // passkeys::judge_registration allowed one that verifies its user: both factors
    app_code_right,
    app_skipped,  // "later", where the operator lets people
    backup_proven,
};
struct Row {
    Stage stage = Stage::address;
    Instant begun{};
};
struct Facts {
    Row row;
    bool own_browser = false;  // the browser that proved the code last
    bool second_factor_mandatory = true;
    bool hardware_key_required = true;  // profile::Table: a security key comes first, so no password does
};
enum class Answer : std::uint8_t {
    moved,          // store `stage`
    not_now,        // the step is not the one awaited: show the awaited one
    other_browser,  // ask for the address again, R2
    expired,        // the row is over: begin again
};
struct Step {
    Answer answer = Answer::not_now;
    Stage stage = Stage::address;
    bool bind_browser = false;  // the row belongs to the browser that acted
    bool forget_progress =
        false;  // password, secret and codes of the row are wiped: another browser chose or saw them
    bool create_account = false;  // the browser becomes a known one
};
Step step(const Facts& facts, Event event, Instant now, const Limits& limits);

/// The secret of the app is made when the app's page is first reached, never before the mailed code was
/// right.
bool may_hold_secret(Stage stage) noexcept;
bool is_over(const Row& row, Instant now, const Limits& limits) noexcept;

// --- the second address, for notices
// --------------------------------------------------------------------------------

struct NoticeFacts {
    bool may_change_settings = false;  // policy::may(…, Deed::change_security_setting, …)
    bool has_one = false;
    bool same_address = false;   // as the one that signs in
    bool same_provider = false;  // its domain
    Instant account_created{};
};
/// In order of precedence.
enum class NoticeRefusal : std::uint8_t {
    level_too_low,  // the session is below the account's own level
    has_one,        // there is one already
    same_address,   // it is the address that signs in
    same_provider,  // one thief reads both
};
struct NoticeVerdict {
    std::optional<NoticeRefusal> refusal;  // nothing: the code may be mailed …
    bool needs_step_up = true;             // … after a step-up
};
/// May this address become the account's second one? Asked before its code is mailed, and once more when the
/// code was right.
NoticeVerdict judge_notice_address(const NoticeFacts& facts, Instant now, const Limits& limits);

}  // namespace sallyport::policy::sign_up
