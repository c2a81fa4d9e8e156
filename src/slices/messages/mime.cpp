#include "slices/messages/mime.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr char hex_digits[] = "0123456789ABCDEF";

/// Cuts the next line off `rest`; `ended` says whether a line end followed it.
struct Line {
    std::string_view content;
    bool ended;
};
Line next_line(std::string_view& rest)
{
    const std::size_t at = rest.find('\n');
    if (at == std::string_view::npos) return {std::exchange(rest, {}), false};
    std::string_view content = rest.substr(0, at);
    if (content.ends_with('\r')) content.remove_suffix(1);
    rest.remove_prefix(at + 1);
    return {content, true};
}

bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

/// One line as quoted-printable, with soft line breaks. Content that ends without a line end gets a soft one,
/// so that decoding gives back what went in.
void append_quoted_line(std::string& out, const Line& line)
{
    const std::string_view content = line.content;
    std::size_t column = 0;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const char c = content[i];
        const bool last = i + 1 == content.size();
        const bool plain = (is_printable_ascii(c) || c == '\t') && c != '=' &&
                           !(last && (c == ' ' || c == '\t')) &&
                           !(column == 0 && (c == '.' || content.substr(i).starts_with("From ")));
        const std::size_t width = plain ? 1 : 3;
        // A soft break takes one column itself; after it the same octet begins a line, where a dot is
        // escaped.
        if (column + width > encoded_line_characters_max - (last && line.ended ? 0 : 1)) {
            out += "=\r\n";
            column = 0;
            --i;
            continue;
        }
        if (plain) {
            out += c;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            out += '=';
            out += hex_digits[octet >> 4U];
            out += hex_digits[octet & 15U];
        }
        column += width;
    }
    out += line.ended ? crlf : std::string_view("=\r\n");
}

std::size_t code_point_bytes(char lead)
{
    const auto octet = static_cast<unsigned char>(lead);
    if (octet < 0x80) return 1;
    if (octet < 0xE0) return 2;
    return octet < 0xF0 ? 3 : 4;
}

/// Encoded words, folded; `used` columns are taken on the first line.
std::string encoded_words(std::string_view text, std::size_t used)
{
    constexpr std::string_view head = "=?UTF-8?B?";
    constexpr std::string_view tail = "?=";
    std::string out;
    while (!text.empty()) {
        const std::size_t line_room =
            encoded_line_characters_max - std::min(used, encoded_line_characters_max - 24);
        const std::size_t word = std::min(encoded_word_characters_max, line_room) - head.size() - tail.size();
        const std::size_t octets_max = word / 4 * 3;
        std::size_t taken = 0;
        while (taken < text.size() && taken + code_point_bytes(text[taken]) <= octets_max)
            taken += code_point_bytes(text[taken]);
        if (!out.empty()) out += "\r\n ";
        out.append(head).append(to_base64(as_bytes(text.substr(0, taken)))).append(tail);
        text.remove_prefix(taken);
        used = 1;
    }
    return out;
}

}  // namespace

std::string quoted_printable(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    while (!text.empty()) append_quoted_line(out, next_line(text));
    return out;
}

std::string base64_lines(std::string_view text)
{
    std::string canonical;
    canonical.reserve(text.size() + text.size() / 16);
    while (!text.empty()) {
        const Line line = next_line(text);
        canonical += line.content;
        if (line.ended) canonical += crlf;
    }
    const std::string all = to_base64(as_bytes(canonical));
    std::string out;
    for (std::size_t at = 0; at < all.size(); at += encoded_line_characters_max)
        out.append(all, at, encoded_line_characters_max).append(crlf);
    return out;
}

EncodedBody encode_body(std::string_view text)
{
    std::string quoted = quoted_printable(text);
    std::string based = base64_lines(text);
    if (quoted.size() <=
        based.size() + based.size() / 8)  // readable in the raw source, where it costs little
        return {TransferEncoding::quoted_printable, std::move(quoted)};
    return {TransferEncoding::base64, std::move(based)};
}

bool is_header_safe(std::string_view text) noexcept
{
    if (!is_valid_text(text)) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if (octet < 0x20 || octet == 0x7F) return false;
        if (octet == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0)
            return false;  // U+0080 to U+009F
    }
    return true;
}

std::string header_text(std::string_view text, std::size_t used)
{
    CHECK(is_header_safe(text));
    const bool plain = std::ranges::all_of(text, is_printable_ascii) &&
                       text.find("=?") == std::string_view::npos && !text.starts_with(' ') &&
                       !text.ends_with(' ') && used + text.size() <= encoded_line_characters_max;
    return plain ? std::string(text) : encoded_words(text, used);
}

std::string header_phrase(std::string_view name, std::size_t used)
{
    CHECK(is_header_safe(name));
    if (!std::ranges::all_of(name, is_printable_ascii) ||
        used + name.size() > encoded_line_characters_max - 16 || name.find("=?") != std::string_view::npos)
        return encoded_words(name, used);
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace sallyport::messages
