#pragma once
// The Cookie header, RFC 6265 section 4.2.1. A cookie that is not exactly what we set is as good as none.
#include <optional>
#include <string_view>

namespace sallyport::http {

/// Looks for one name over several Cookie headers: a name that appears twice has no value. Other people's
/// cookies on the same host (localhost in development) may be as malformed as they like.
class CookieSearch {
public:
    /// `name` without the prefix "__Host-".
    explicit CookieSearch(std::string_view name) noexcept : m_name(name) {}
    void look_in(std::string_view header_value) noexcept;
    [[nodiscard]] std::optional<std::string_view> value() const noexcept;

private:
    std::string_view m_name;
    std::string_view m_value;
    unsigned m_times = 0;
};

/// What may stand in a cookie's value unquoted (cookie-octet of RFC 6265 section 4.1.1).
bool is_cookie_value(std::string_view value) noexcept;

}  // namespace sallyport::http
