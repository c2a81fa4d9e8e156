#include "http/request_target.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace sallyport::http {

namespace {

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

using Characters = std::array<bool, 256>;

/// Visible ASCII without what RFC 3986 leaves out. A table: every byte of every target is looked up.
constexpr Characters visible_except(std::string_view left_out)
{
    Characters fits{};
    for (std::size_t c = 0x21; c < 0x7f; ++c)
        fits[c] = left_out.find(static_cast<char>(c)) == std::string_view::npos;
    return fits;
}
constexpr Characters path_characters = visible_except("\"<>\\^`{|}#");
constexpr Characters query_characters = visible_except("\"<>\\#");  // some browsers send | and ^ as they are

bool consists_of(std::string_view text, const Characters& characters)
{
    return std::ranges::all_of(text, [&](char c) { return characters[static_cast<unsigned char>(c)]; });
}

bool decode_path(std::string_view text, std::string& path)
{
    const std::size_t first_escape = std::min(text.find('%'), text.size());
    path.reserve(text.size());
    path.assign(text.substr(0, first_escape));
    bool escaped = false;
    for (std::size_t i = first_escape; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return false;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20 || byte == 0x7f || c == '/' || c == '\\') return false;
            escaped = true;
            i += 2;
        }
        path += c;
    }
    return !escaped || is_valid_text(path);
}

bool has_dot_segment(std::string_view path)
{
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(end);
    }
    return false;
}

bool starts_with_scheme(std::string_view text, std::string_view scheme)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return text.size() >= scheme.size() &&
           std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, lower);
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view text)
{
    RequestTarget target;
    if (!text.starts_with('/')) {
        const std::size_t scheme = starts_with_scheme(text, "http://")    ? 7
                                   : starts_with_scheme(text, "https://") ? 8
                                                                          : 0;
        if (scheme == 0) return std::nullopt;
        text.remove_prefix(scheme);
        const std::size_t end = std::min(text.find_first_of("/?"), text.size());
        target.authority = text.substr(0, end);
        if (target.authority.empty()) return std::nullopt;
        text.remove_prefix(end);
    }
    const std::size_t question = std::min(text.find('?'), text.size());
    const std::string_view path = text.substr(0, question);
    if (question < text.size()) target.raw_query = text.substr(question + 1);
    if (!consists_of(path, path_characters) || !consists_of(target.raw_query, query_characters))
        return std::nullopt;
    if (!decode_path(path.empty() ? "/" : path, target.path)) return std::nullopt;
    if (has_dot_segment(target.path)) return std::nullopt;
    return target;
}

}  // namespace sallyport::http
