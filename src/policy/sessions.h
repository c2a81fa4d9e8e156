#pragma once
// How long a session lives, what ends which sessions, and which browsers the account knows.
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "policy/level.h"
#include "policy/range.h"

namespace sallyport::policy::sessions {

struct Limits {
    Duration overall = std::chrono::hours{24};  // NIST SP 800-63B-4, section 2.2.3
    Duration idle = std::chrono::hours{1};
    Duration browser_settled = std::chrono::hours{72};
    Duration known_browser_life = std::chrono::days{400};  // since its last full sign-in
    std::int64_t sessions_max = 100;                       // an account; the oldest goes
    std::int64_t known_browsers_max = 20;                  // an account; the one longest unused goes
    std::int64_t accounts_a_browser = 4;                   // that one browser is known to at a time
};
struct Ranges {
    Range<Duration> overall{std::chrono::hours{1}, std::chrono::hours{24}};
    Range<Duration> idle{std::chrono::minutes{5}, std::chrono::hours{1}};
};
/// The limits that have a range, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

enum class Validity : std::uint8_t { valid, too_old, idle_too_long };
/// `last_seen` may be a minute behind, because it is written in batches: the session then ends that much
/// earlier.
Validity judge(Instant created, Instant last_seen, Instant now, const Limits& limits) noexcept;
/// When the session ends if nothing more is seen of it.
Instant ends_at(Instant created, Instant last_seen, const Limits& limits) noexcept;

enum class Event : std::uint8_t {
    signed_out,
    one_ended,     // the person ended one named session
    others_ended,  // the person ended all others
    password_changed,
    factor_changed,  // an app or a kit was added, replaced or removed
    password_reset,
    account_locked,
    account_closed,
};
/// What an event ends. "Own" is the session that acts.
struct Ended {
    bool own_session = false;
    bool named_session = false;
    bool other_sessions = false;
    bool half_finished_sign_ins = false;  // rows between the two factors
    bool open_step_ups = false;   // of the whole account; those of an ended session die with it anyway
    bool known_browsers = false;  // forgotten: none keeps tries of its own
};
Ended ended_by(Event event) noexcept;

/// The browser becomes known after a full sign-in: at the account's own highest level, aal2 being enough. So
/// a recovery code makes no browser known. The browser that finished sign-up is known as well.
bool makes_browser_known(Level session, Level account_highest) noexcept;
bool is_known(std::optional<Instant> last_full_sign_in, Instant now, const Limits& limits) noexcept;
/// What becomes of the browser's cookie, which holds a token for each account that knows it. A token is
/// known to one account only, and only to the one for which it was made: a token that somebody planted, be it
/// one that their own account knows, never becomes known to another.
enum class BrowserToken : std::uint8_t {
    none,   // no full sign-in: the cookie stays as it is
    keeps,  // the account knows one of its tokens
    fresh,  // a new token, put before the others; of more than `accounts_a_browser` the last goes
};
BrowserToken browser_token_after(bool full_sign_in, bool known_before) noexcept;
/// Mail E11, at each finished sign-in in a browser that was not known before it.
bool tells_new_device(bool known_before) noexcept;
/// A browser unknown for 72 h waits for exits and weakening changes. `known_since`: nothing where it is not
/// known.
bool is_settled(std::optional<Instant> known_since, Instant now, const Limits& limits) noexcept;

}  // namespace sallyport::policy::sessions
