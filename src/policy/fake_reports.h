#pragma once
// A fake that somebody met and reports (P12), without signing in: what is kept of it, and what the reporter
// should do now. Whoever reports is a stranger: no report costs anybody anything but its own network.
#include <cstdint>

#include "base/time.h"

namespace sallyport::policy::fake_reports {

struct Limits {
    std::int64_t reports_max = 10;  // of a network (an IPv4 address or an IPv6 /64) …
    Duration window = std::chrono::hours{1};
    std::int64_t contents_max = 5;        // of a network: texts and pictures that are kept …
    std::int64_t contents_all_max = 400;  // … and of everybody together …
    Duration contents_window = std::chrono::hours{24};
    Duration contents_kept = std::chrono::days{30};
    Duration kept = std::chrono::days{180};  // the rest of it: what it named, when, and the answer
};

/// What could be charged, each in its window. Nothing is charged after the first that is refused.
struct Charged {
    bool report = false;
    bool content_of_network = false;
    bool content_of_all = false;
};
/// Of a flood the hosts and senders still count, and its texts and pictures fill no disk.
enum class Keep : std::uint8_t { nothing, names, all };
Keep judge(const Charged& charged) noexcept;

/// What the reporter let out of hand.
struct Given {
    bool password = false;
    bool code = false;      // of any kind that signs in or approves
    bool recovery = false;  // a code of the kit, or the app's backup key
    bool file = false;      // opened a file, or installed something
    bool money = false;     // sent some
};
struct Advice {
    bool nothing_more = false;  // delete it, answer nothing
    bool lock = false;
    bool other_device = false;  // the one at hand may not be theirs alone any more
    bool change_password = false;
    bool new_kit = false;
    bool write_to_us = false;
    friend bool operator==(const Advice&, const Advice&) = default;
};
Advice advise(const Given& given) noexcept;

/// What people found out about a report.
enum class Finding : std::uint8_t { none, fake, genuine };

/// Reports made at this time or before are forgotten; and their texts and pictures.
Instant forgotten_until(Instant now, const Limits& limits) noexcept;
Instant contents_forgotten_until(Instant now, const Limits& limits) noexcept;

}  // namespace sallyport::policy::fake_reports
