#pragma once
// A session as JSON, written flat: this is the request that an exchange's servers make most.
#include "base/ids.h"
#include "base/time.h"

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::session_check {

struct SessionFacts {
    AccountId account;
    std::int64_t level;    // 1, 2, 3
    std::int64_t methods;  // bits of policy::Method
    Instant signed_in_at;
    Instant last_seen_at;
    Instant ends_at;
};

/// "aal1", "aal2", "aal3" (NIST SP 800-63B-4).
std::string_view level_name(std::int64_t level) noexcept;

/// {"account":…,"level":"aal2","factors":["password","totp"],"signed_in_at":…,"last_seen_at":…,"ends_at":…};
/// moments by RFC 3339, in UTC, to the second.
std::string session_json(const SessionFacts& facts);

/// Why value does not leave above the cap: a stable code (policy::holds::name_of), and until when.
struct HoldFacts {
    std::string_view reason;
    Instant until;
};
/// {"held_until":…,"reasons":[{"reason":"password_changed","until":…}]}; held_until is null where nothing is
/// held.
std::string holds_json(const std::vector<HoldFacts>& holds);

}  // namespace sallyport::session_check
