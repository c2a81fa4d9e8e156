#include "slices/session_check/app_path.h"

#include <algorithm>

namespace sallyport::session_check {

namespace {

/// "%2e", "%2f", "%5c", "%00" and "%25", in either case: bytes that change what a path means once they are
/// decoded.
bool is_hidden_mark(std::string_view encoded)
{
    constexpr std::string_view marks[] = {"2e", "2f", "5c", "00", "25"};
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::any_of(
        marks, [&](std::string_view mark) { return std::ranges::equal(encoded, mark, {}, lower, lower); });
}

bool is_plain(std::string_view path)
{
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\';
    };
    if (std::ranges::any_of(path, is_control)) return false;
    if (path.find("//") != std::string_view::npos || path.find("/.") != std::string_view::npos) return false;
    for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
        if (is_hidden_mark(path.substr(at + 1, 2))) return false;
    }
    return true;
}

}  // namespace

std::string_view path_of(std::string_view uri) noexcept { return uri.substr(0, uri.find_first_of("?#")); }

bool is_app_uri(std::string_view uri, std::string_view prefix)
{
    const std::string_view path = path_of(uri);
    return path.starts_with(prefix) && is_plain(path);
}

}  // namespace sallyport::session_check
