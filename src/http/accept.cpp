#include "http/accept.h"

#include <algorithm>
#include <optional>

namespace sallyport::http {

namespace {

constexpr int quality_max = 1000;

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view lowered) { return std::ranges::equal(a, lowered, {}, lower); }

std::string_view take(std::string_view& rest, char separator)
{
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// "0.850" as 850 (RFC 9110 section 12.4.2).
std::optional<int> quality(std::string_view text)
{
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int value = (text[0] - '0') * quality_max;
    int unit = quality_max / 10;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') return std::nullopt;
        value += (c - '0') * unit;
        unit /= 10;
    }
    return value <= quality_max ? std::optional<int>(value) : std::nullopt;
}

}  // namespace

bool prefers_json(std::string_view accept) noexcept
{
    int html = -1;
    int wildcard = -1;
    int json = -1;
    while (!accept.empty()) {
        std::string_view entry = take(accept, ',');
        const std::string_view type = take(entry, ';');
        std::optional<int> q = quality_max;
        while (!entry.empty()) {
            const std::string_view parameter = take(entry, ';');
            if (parameter.starts_with("q=") || parameter.starts_with("Q=")) q = quality(parameter.substr(2));
        }
        if (!q) continue;
        const bool plus_json = type.size() > 5 && same(type.substr(type.size() - 5), "+json");
        if (same(type, "application/json") || plus_json) json = std::max(json, *q);
        if (same(type, "text/html")) html = std::max(html, *q);
        if (type == "*/*" || same(type, "text/*")) wildcard = std::max(wildcard, *q);
    }
    return json > 0 && json > (html >= 0 ? html : wildcard == json ? wildcard - 1 : wildcard);
}

}  // namespace sallyport::http
