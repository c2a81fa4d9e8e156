#pragma once
// A forgotten password: the mailed code, then one strong factor, then the new password. The mailbox alone
// opens nothing, and the second factor is never lowered. A recovery code in the place of the strong factor
// leads to the kit road (roads.h). Until the code is right, everything is the same for an unknown address.
#include <cstdint>
#include <span>

#include "base/time.h"
#include "policy/holds.h"
#include "policy/level.h"
#include "policy/range.h"
#include "policy/sign_in.h"

namespace sallyport::policy::reset {

struct Limits {
    Duration row_life = std::chrono::minutes{30};  // from asking to the new password
};
inline constexpr Range<Duration> row_life_range{std::chrono::minutes{15}, std::chrono::minutes{30}};

/// What is awaited.
enum class Stage : std::uint8_t { code, factor, password, done, kit_road };
enum class Event : std::uint8_t {
    code_right,         // challenge::judge, in this browser
    factor_right,       // a method that `suffices`
    kit_code_right,     // a recovery code
    password_accepted,  // passwords::judge refused nothing
};
/// One row for each browser that asked: of one account and one browser, found by a secret that is used once.
struct Row {
    Stage stage = Stage::code;
    Instant begun{};
};
struct Facts {
    Row row{};
    bool same_account = false;
    bool same_browser = false;
    sign_in::AccountState state = sign_in::AccountState::closed;  // read again at each step
};
enum class Answer : std::uint8_t {
    moved,    // store `stage` by one guarded update (AND stage = the one before)
    not_now,  // not what is awaited: show what is
    other_account,
    other_browser,  // a new code helps (ux.md, R2)
    expired,
    over,  // the account was locked or closed meanwhile
};
struct Step {
    Answer answer = Answer::not_now;
    Stage stage = Stage::code;
    bool set_password = false;  // with it end all sessions (sessions::Event::password_reset), all trust
                                // (trusted_browsers.h) and every other reset of the account
    bool open_case = false;     // roads::begin, with the mailed code and the recovery code as evidence
};
Step step(const Facts& facts, Event event, Instant now, const Limits& limits);

/// What proves a person here besides the mailbox. Of a key that verifies its user only that counts
/// (passkeys::Use::recovery).
bool suffices(Method method) noexcept;

/// The link of a mail, where the operator sends one: looking at it changes nothing, and outside the browser
/// that asked the code has to be typed as well.
bool link_acts(bool is_post, bool same_browser) noexcept;

/// The hold that a reset starts. `factor`: what was shown beside the code; `mailbox`: where the code went;
/// `told`: every channel that hears of it.
Duration hold_after(const holds::Approval& factor, const roots::Kept& mailbox,
                    std::span<const roots::Kept> told, Instant now, const holds::Limits& limits);

}  // namespace sallyport::policy::reset
