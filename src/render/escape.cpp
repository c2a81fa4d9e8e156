#include "render/escape.h"

#include "base/bytes.h"

#include <algorithm>
#include <array>

namespace sallyport::render {
namespace {

constexpr char hex_digits[] = "0123456789ABCDEF";

bool is_unreserved(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}
/// What browsers drop or turn around in a URL (WHATWG URL section 4.4) has no place in one of ours.
bool has_trick(std::string_view url) noexcept
{
    return std::any_of(url.begin(), url.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) == 0x7F || c == '\\';
    });
}
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

void escape_html(std::string& out, std::string_view text)
{
    std::size_t kept = 0;  // what needs no escaping goes in one piece
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string_view reference;
        switch (text[i]) {
        case '&': reference = "&amp;"; break;
        case '<': reference = "&lt;"; break;
        case '>': reference = "&gt;"; break;
        case '"': reference = "&quot;"; break;
        case '\'': reference = "&#39;"; break;
        case '\0': reference = "\uFFFD"; break;
        default: continue;
        }
        out.append(text, kept, i - kept);
        out += reference;
        kept = i + 1;
    }
    out.append(text, kept);
}

void escape_query_part(std::string& out, std::string_view text)
{
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex_digits[byte >> 4];
        out += hex_digits[byte & 15];
    }
}

void escape_url_part(std::string& out, std::string_view text)
{
    if (text.find_first_not_of('.') == std::string_view::npos) {
        out += '-';
        return;
    }
    escape_query_part(out, text);
}

void escape_url(std::string& out, std::string_view host, std::string_view url)
{
    constexpr std::string_view scheme = "https://";
    bool ours = url.starts_with('/') && !url.starts_with("//");
    if (url.starts_with(scheme) && !host.empty() && url.substr(scheme.size()).starts_with(host)) {
        const std::string_view rest = url.substr(scheme.size() + host.size());
        ours = rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#';
    }
    escape_html(out, ours && !has_trick(url) ? url : blocked_url);
}

void escape_outside_url(std::string& out, std::string_view url)
{
    const std::size_t colon = std::min(url.find(':'), url.size());
    std::string scheme;
    for (const char c : url.substr(0, colon)) scheme += lower(c);
    const bool valid =
        colon < url.size() && !scheme.empty() && scheme[0] >= 'a' && scheme[0] <= 'z' &&
        std::all_of(
            scheme.begin(), scheme.end(),
            [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
            });
    const bool known =
        scheme == "https" || scheme == "http" || scheme == "otpauth" || scheme.find('.') != std::string::npos;
    escape_html(out, valid && known && !has_trick(url) ? url : blocked_url);
}

void escape_plain(std::string& out, std::string_view text)
{
    bool space = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0U;
        const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;  // U+0080–U+009F
        const bool separator =
            byte == 0xE2 && next == 0x80 && (third == 0xA8 || third == 0xA9);  // U+2028, U+2029
        if (byte >= 0x20 && byte != 0x7F && !c1 && !separator) {
            out += text[i];
            space = false;
            continue;
        }
        if (!space) out += ' ';
        space = true;
        i += c1 ? 1U : (separator ? 2U : 0U);
    }
}

void escape_json(std::string& out, std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '&' || c == '\'') {
            out += "\\u00";
            out += hex_digits[byte >> 4];
            out += hex_digits[byte & 15];
        } else if (text.substr(i).starts_with("\u2028") || text.substr(i).starts_with("\u2029")) {
            out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
}

}  // namespace sallyport::render
