#include "render/language.h"

#include <algorithm>
#include <array>

namespace sallyport::render {
namespace {

constexpr std::array<std::string_view, language_count> tags{"en", "ar", "en-XA", "ar-XB"};
constexpr std::size_t real_languages = 2;          // the pseudo-locales follow
constexpr std::size_t accept_language_max = 1000;  // bytes; a longer header is not a person's

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}
std::string_view trimmed(std::string_view text) noexcept
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// RFC 9110 section 12.4.2, in thousandths; 0 where it is malformed.
int weight(std::string_view parameters) noexcept
{
    parameters = trimmed(parameters);
    if (parameters.empty()) return 1000;
    if (parameters.size() < 3 || lower(parameters[0]) != 'q' || parameters[1] != '=' || parameters.size() > 7)
        return 0;
    int value = 0;
    int unit = 1000;
    for (const char c : parameters.substr(2)) {
        if (c == '.' && unit == 100) continue;
        if (c < '0' || c > '9' || unit == 0) return 0;
        value += (c - '0') * unit;
        unit /= 10;
    }
    return std::min(value, 1000);
}

}  // namespace

std::string_view tag(Language language) noexcept { return tags[static_cast<std::size_t>(language)]; }

std::string_view direction(Language language) noexcept
{
    return language == Language::ar || language == Language::ar_xb ? "rtl" : "ltr";
}

std::optional<Language> language_of(std::string_view wanted) noexcept
{
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (same(tags[i], wanted)) return static_cast<Language>(i);
    }
    return std::nullopt;
}

Language choose_language(std::optional<std::string_view> cookie, std::string_view accept_language) noexcept
{
    if (cookie) {
        if (const auto chosen = language_of(*cookie)) return *chosen;
    }
    Language best = Language::en;
    int best_weight = 0;
    std::string_view rest = accept_language.substr(0, accept_language_max);
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string_view item = trimmed(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const std::size_t semicolon = std::min(item.find(';'), item.size());
        const std::string_view range = trimmed(item.substr(0, semicolon));
        const int w = weight(item.substr(std::min(semicolon + 1, item.size())));
        const std::string_view primary = range.substr(0, std::min(range.find('-'), range.size()));
        for (std::size_t i = 0; i < real_languages; ++i) {
            if (w > best_weight && same(primary, tags[i])) {
                best = static_cast<Language>(i);
                best_weight = w;
            }
        }
    }
    return best;
}

}  // namespace sallyport::render
