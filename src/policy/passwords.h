#pragma once
// Which new passwords are refused, and why (NIST SP 800-63B-4, section 3.1.1.2): length, a blocklist of whole
// passwords, the person's and the operator's own names, the breach service, and the last ones. No rule of
// composition.
#include <cstdint>
#include <optional>

#include "policy/range.h"

namespace sallyport::policy::passwords {

struct Limits {
    std::int64_t with_second_factor_min = 12;  // code points after NFC
    std::int64_t alone_min = 15;
    std::int64_t code_points_max = 256;
    std::int64_t remembered = 10;  // the current one and the nine before it
};
struct Ranges {
    Range<std::int64_t> with_second_factor_min{8, 64};
    Range<std::int64_t> alone_min{15, 64};
    Range<std::int64_t> code_points_max{64, 256};
    Range<std::int64_t> remembered{1, 24};
};
/// All limits above, by name.
NamedLimits named_limits(Limits& limits);
/// The name of the first limit outside its range, or null.
const char* first_out_of_range(const Limits& limits);

/// What is known of the new password. `matches_*` and `in_breach_range` cost hashes and a request: ask
/// `judge` first with them false, and again with them filled in only when it refused nothing.
struct Facts {
    std::int64_t code_points = 0;    // after NFC
    bool well_formed = true;         // UTF-8 without NUL and control characters
    bool has_second_factor = false;  // at sign-up: whether one is mandatory
    bool is_own_name = false;        // made of the address, the words or the name of the person
    bool is_operator_name = false;   // made of the operator's brand or hosts
    bool in_blocklist = false;
    bool matches_current = false;
    bool matches_old = false;  // one of the last `remembered`
    bool in_breach_range = false;
};

/// In order of precedence: what is cheap to say and repair comes first.
enum class Refusal : std::uint8_t {
    malformed,
    too_long,
    too_short,
    own_name,
    operator_name,
    blocklisted,
    is_current,
    is_old,
    breached,
};
std::optional<Refusal> judge(const Facts& facts, const Limits& limits);
/// The least length in code points, for the rule line of the page.
std::int64_t least_length(bool has_second_factor, const Limits& limits) noexcept;

}  // namespace sallyport::policy::passwords
