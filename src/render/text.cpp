#include "base/check.h"
#include "render/catalogue.h"
#include "render/format.h"
#include "render/icu.h"
#include "render/message.h"

#include <unicode/fmtable.h>
#include <unicode/msgfmt.h>

#include <algorithm>
#include <memory>

namespace sallyport::render {
namespace {

constexpr std::size_t arguments_max = 12;

const CatalogueEntry& find(Msg id)
{
    const auto entries = all_messages();
    const auto wanted = static_cast<std::uint32_t>(id);
    const auto found =
        std::lower_bound(entries.begin(), entries.end(), wanted,
                         [](const CatalogueEntry& entry, std::uint32_t value) { return entry.id < value; });
    CHECK(found != entries.end() && found->id == wanted);
    return *found;
}

/// A MessageFormat changes inside while it formats, so each thread has its own; made at first use.
icu::MessageFormat& compiled(Language language, const CatalogueEntry& entry)
{
    thread_local std::vector<std::unique_ptr<icu::MessageFormat>> formats(all_messages().size() *
                                                                          language_count);
    const auto index = static_cast<std::size_t>(&entry - all_messages().data()) * language_count +
                       static_cast<std::size_t>(language);
    auto& format = formats[index];
    if (!format) {
        UErrorCode status = U_ZERO_ERROR;
        const auto pattern = icu::UnicodeString::fromUTF8(entry.texts[static_cast<std::size_t>(language)]);
        format = std::make_unique<icu::MessageFormat>(pattern, icu_locale(language), status);
        CHECK(U_SUCCESS(status));  // the build has parsed each of them
    }
    return *format;
}

/// FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE (UAX #9): in a right-to-left sentence an address keeps its
/// order (R27).
icu::UnicodeString isolated(Language language, const std::string& text)
{
    auto value = icu::UnicodeString::fromUTF8(text);
    if (direction(language) == "ltr") return value;
    return u"\u2068" + value + u"\u2069";
}

icu::Formattable formattable(const Reader& reader, const Argument& argument)
{
    struct Visitor {
        const Reader& reader;
        icu::Formattable operator()(const std::string& value) const
        {
            return {isolated(reader.language, value)};
        }
        icu::Formattable operator()(std::int64_t value) const { return {value}; }
        icu::Formattable operator()(Instant at) const
        {
            return {icu::UnicodeString::fromUTF8(format_moment(reader, at))};
        }
        icu::Formattable operator()(ClockTime time) const
        {
            return {icu::UnicodeString::fromUTF8(format_clock(reader, time.at))};
        }
        icu::Formattable operator()(Day day) const
        {
            return {icu::UnicodeString::fromUTF8(format_day(reader, day.at))};
        }
        icu::Formattable operator()(Duration value) const
        {
            return {icu::UnicodeString::fromUTF8(format_duration(reader.language, value))};
        }
    };
    return std::visit(Visitor{reader}, argument);
}

}  // namespace

std::string_view plain_text(Language language, Msg id)
{
    const auto& entry = find(id);
    return entry.texts[static_cast<std::size_t>(language)];
}

std::string_view key(Msg id) { return find(id).key; }

std::string text(const Reader& reader, Msg id, const Arguments& arguments)
{
    const CatalogueEntry& entry = find(id);
    if (!entry.has_arguments) return std::string(entry.texts[static_cast<std::size_t>(reader.language)]);
    CHECK(arguments.size() <= arguments_max);
    std::array<icu::UnicodeString, arguments_max> names;
    std::array<icu::Formattable, arguments_max> values;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        names[i] = icu::UnicodeString::fromUTF8(arguments[i].first);
        values[i] = formattable(reader, arguments[i].second);
    }
    icu::MessageFormat& format = compiled(reader.language, entry);
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString out;
    format.format(names.data(), values.data(), static_cast<std::int32_t>(arguments.size()), out, status);
    CHECK(U_SUCCESS(status));
    return to_utf8(out);
}

std::string text(Language language, Msg id, const Arguments& arguments)
{
    return text(Reader{language, "UTC"}, id, arguments);
}
std::string text(const Reader& reader, const Message& message)
{
    return text(reader, message.id, message.arguments);
}

}  // namespace sallyport::render
