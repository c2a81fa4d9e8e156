#include "http/cookies.h"

#include "base/check.h"
#include "http/message.h"

#include <algorithm>
#include <array>

namespace sallyport::http {

namespace {

constexpr std::string_view prefix = "__Host-";

constexpr std::array<bool, 256> cookie_octets = [] {
    std::array<bool, 256> fits{};
    for (std::size_t c = 0x21; c < 0x7f; ++c) fits[c] = c != '"' && c != ',' && c != ';' && c != '\\';
    return fits;
}();

bool is_cookie_octet(char c) { return cookie_octets[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_cookie_value(std::string_view value) noexcept { return std::ranges::all_of(value, is_cookie_octet); }

void CookieSearch::look_in(std::string_view header_value) noexcept
{
    while (!header_value.empty()) {
        const std::size_t end = std::min(header_value.find(';'), header_value.size());
        std::string_view pair = header_value.substr(0, end);
        header_value.remove_prefix(std::min(end + 1, header_value.size()));
        while (pair.starts_with(' ') || pair.starts_with('\t')) pair.remove_prefix(1);
        if (!pair.starts_with(prefix)) continue;
        pair.remove_prefix(prefix.size());
        if (!pair.starts_with(m_name)) continue;
        pair.remove_prefix(m_name.size());
        if (pair.empty() || pair.front() != '=') continue;
        m_value = pair.substr(1);
        ++m_times;
    }
}

std::optional<std::string_view> CookieSearch::value() const noexcept
{
    if (m_times != 1 || m_value.empty() || !is_cookie_value(m_value)) return std::nullopt;
    return m_value;
}

std::optional<std::string> Request::cookie(std::string_view name) const
{
    CookieSearch search(name);
    for (const auto& [header_name, value] : headers) {
        if (header_name == "cookie") search.look_in(value);
    }
    const auto found = search.value();
    return found ? std::optional<std::string>(*found) : std::nullopt;
}

std::string set_cookie_header(std::string_view name, std::string_view value,
                              std::optional<std::chrono::seconds> max_age)
{
    CHECK(is_cookie_value(value));
    std::string header(prefix);
    header.append(name).append("=").append(value).append("; Path=/; Secure; HttpOnly; SameSite=Lax");
    if (max_age) header.append("; Max-Age=").append(std::to_string(max_age->count()));
    return header;
}

}  // namespace sallyport::http
