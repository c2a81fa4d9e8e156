#pragma once
// A trusted browser is asked for no second factor for 30 days. It proves itself by a key that it cannot give
// away, never by a cookie alone, and its session is aal1 until a factor is shown.
#include <cstdint>

#include "base/time.h"
#include "policy/level.h"
#include "policy/profile.h"
#include "policy/range.h"
#include "policy/sessions.h"

namespace sallyport::policy::trusted_browsers {

struct Limits {
    Duration life = std::chrono::days{30};  // since a factor was shown in it; using the trust extends nothing
    Duration challenge_life = std::chrono::minutes{5};
    std::int64_t browsers_max = 10;  // an account; the oldest goes
};
struct Ranges {
    Range<Duration> life{std::chrono::days{1}, std::chrono::days{30}};
    Range<Duration> challenge_life{std::chrono::minutes{1}, std::chrono::minutes{5}};
    Range<std::int64_t> browsers_max{1, 20};
};
/// All limits above, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

/// May this sign-in make the browser a trusted one? `shown` is what was proven in it.
bool may_trust(Methods shown, const profile::Table& table) noexcept;

struct Facts {
    bool password_right = false;
    bool row_found = false;  // by the cookie
    bool same_account = false;
    bool signature_right = false;  // of the browser's own key, over a challenge of ours
    bool challenge_used = false;
    Instant challenge_made_at{};
    Instant trusted_at{};
};
enum class Answer : std::uint8_t { trusted, not_trusted };
struct Verdict {
    Answer answer = Answer::not_trusted;
    Level level = Level::none;  // of the session: aal1, whatever the factor was
};
/// Anything missing, and the second factor is asked for as ever.
Verdict judge(const Facts& facts, const profile::Table& table, Instant now, const Limits& limits) noexcept;
Instant ends_at(Instant trusted_at, const Limits& limits) noexcept;

struct Ended {
    bool own = false;    // of the browser that acts
    bool named = false;  // of the session that the person ended
    bool others = false;
    friend bool operator==(const Ended&, const Ended&) = default;
};
/// Every security change ends all trust; signing out keeps it, which is its purpose.
Ended ended_by(sessions::Event event) noexcept;

}  // namespace sallyport::policy::trusted_browsers
