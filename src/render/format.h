#pragma once
// Dates, durations and numbers as a person reads them, by ICU 72.
#include "base/time.h"
#include "render/language.h"

#include <string>
#include <string_view>

namespace sallyport::render {

/// Whether ICU knows the IANA name of a zone ("Europe/Lisbon"), at most 64 bytes.
bool is_known_zone(std::string_view name);

/// "November 22, 2026 at 10:47 AM", in the reader's zone, with the zone's name where it is UTC.
std::string format_moment(const Reader& reader, Instant at);
/// "10:47 AM".
std::string format_clock(const Reader& reader, Instant at);
/// "November 22, 2026".
std::string format_day(const Reader& reader, Instant at);
/// Rounded to one unit: seconds below 90 s, minutes below 90 min, hours below 36 h, else days; "about 2 days"
/// where rounding changed it. Negative counts as nothing.
std::string format_duration(Language language, Duration duration);
/// With the language's digits and grouping.
std::string format_number(Language language, std::int64_t number);
/// "2026-11-22T10:47:00Z" (RFC 3339), for machines.
std::string format_machine(Instant at);

}  // namespace sallyport::render
