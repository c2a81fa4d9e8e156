#include "render/format.h"

#include "base/check.h"
#include "render/icu.h"
#include "render/messages.h"

#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

#include <array>
#include <cstdio>
#include <memory>
#include <unordered_map>

namespace sallyport::render {
namespace {

using Style = icu::DateFormat::EStyle;
constexpr std::size_t formats_max = 64;  // a thread keeps at most these; people's zones are many

/// ICU's formats are not to be shared between threads, and are slow to make (about 100 µs): each thread keeps
/// some.
icu::DateFormat& date_format(const Reader& reader, Style date, Style time)
{
    thread_local std::unordered_map<std::string, std::unique_ptr<icu::DateFormat>> formats;
    std::string name(tag(reader.language));
    name += static_cast<char>('a' + date % 16);
    name += static_cast<char>('a' + time % 16);
    name += reader.zone;
    if (const auto found = formats.find(name); found != formats.end()) return *found->second;
    if (formats.size() >= formats_max) formats.clear();
    std::unique_ptr<icu::DateFormat> format(
        icu::DateFormat::createDateTimeInstance(date, time, icu_locale(reader.language)));
    CHECK(format != nullptr);
    std::unique_ptr<icu::TimeZone> zone(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(reader.zone)));
    if (*zone == icu::TimeZone::getUnknown()) zone.reset(icu::TimeZone::createTimeZone("UTC"));
    format->adoptTimeZone(zone.release());
    return *formats.emplace(std::move(name), std::move(format)).first->second;
}

std::string formatted(const Reader& reader, Instant at, Style date, Style time)
{
    icu::UnicodeString text;
    date_format(reader, date, time).format(static_cast<UDate>(to_unix_ms(at)), text);
    std::string out = to_utf8(text);
    if (time != Style::kNone && reader.zone == "UTC") out += " UTC";
    return out;
}

}  // namespace

bool is_known_zone(std::string_view name)
{
    constexpr std::size_t name_bytes_max = 64;
    if (name.empty() || name.size() > name_bytes_max) return false;
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(
        icu::UnicodeString::fromUTF8({name.data(), static_cast<int>(name.size())})));
    return *zone != icu::TimeZone::getUnknown();
}

std::string format_moment(const Reader& reader, Instant at)
{
    return formatted(reader, at, Style::kLong, Style::kShort);
}
std::string format_clock(const Reader& reader, Instant at)
{
    return formatted(reader, at, Style::kNone, Style::kShort);
}
std::string format_day(const Reader& reader, Instant at)
{
    return formatted(reader, at, Style::kLong, Style::kNone);
}

std::string format_number(Language language, std::int64_t number)
{
    thread_local std::array<std::unique_ptr<icu::number::LocalizedNumberFormatter>, language_count>
        formatters;
    auto& formatter = formatters[static_cast<std::size_t>(language)];
    if (!formatter) {
        formatter = std::make_unique<icu::number::LocalizedNumberFormatter>(
            icu::number::NumberFormatter::withLocale(icu_locale(language)));
    }
    UErrorCode status = U_ZERO_ERROR;
    const auto text = formatter->formatInt(number, status).toString(status);
    CHECK(U_SUCCESS(status));
    return to_utf8(text);
}

std::string format_duration(Language language, Duration duration)
{
    struct Unit {
        std::int64_t ms;
        std::int64_t below_ms;
        Msg message;
    };
    constexpr std::int64_t second = 1000;
    constexpr std::int64_t minute = 60 * second;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    static constexpr std::array units{
        Unit{second, 90 * second, Msg::common_seconds}, Unit{minute, 90 * minute, Msg::common_minutes},
        Unit{hour, 36 * hour, Msg::common_hours}, Unit{day, INT64_MAX, Msg::common_days}};
    const std::int64_t ms = std::max<std::int64_t>(duration.count(), 0);
    const Unit* unit = units.data();
    while (ms >= unit->below_ms) ++unit;
    const std::int64_t count = ms / unit->ms + (ms % unit->ms * 2 >= unit->ms ? 1 : 0);
    std::string exact = text(language, unit->message, {{"count", count}});
    // A second more or less is not worth a word.
    const std::int64_t off = ms > count * unit->ms ? ms - count * unit->ms : count * unit->ms - ms;
    if (off <= second) return exact;
    return text(language, Msg::common_about, {{"duration", std::move(exact)}});
}

std::string format_machine(Instant at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at - day).count();
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                  static_cast<int>(seconds % 60));
    return text.data();
}

}  // namespace sallyport::render
