// Whatever the text, its encodings decode to it, stay in their line lengths and hold no bare CR or LF.
#include "base/text.h"
#include "slices/messages/mime.h"

#include <cstdlib>

namespace {

using namespace sallyport::messages;

void require(bool holds)
{
    if (!holds) std::abort();
}

std::string canonical(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && !(i > 0 && text[i - 1] == '\r')) out += '\r';
        out += text[i];
    }
    return out;
}

void require_lines(std::string_view encoded)
{
    while (!encoded.empty()) {
        const std::size_t end = encoded.find("\r\n");
        require(end != std::string_view::npos && end <= encoded_line_characters_max);
        const std::string_view line = encoded.substr(0, end);
        require(line.find('\r') == std::string_view::npos && line.find('\n') == std::string_view::npos);
        require(!line.starts_with('.') && !line.starts_with("From "));
        require(!line.ends_with(' ') && !line.ends_with('\t'));
        encoded.remove_prefix(end + 2);
    }
}

unsigned nibble(char c)
{
    require((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10);
}

std::string decode_quoted(std::string_view encoded)
{
    std::string out;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (encoded[i] != '=') {
            out += encoded[i];
        } else if (encoded.substr(i).starts_with("=\r\n")) {
            i += 2;
        } else {
            out += static_cast<char>(nibble(encoded[i + 1]) << 4U | nibble(encoded[i + 2]));
            i += 2;
        }
    }
    return out;
}

std::string decode_base64(std::string_view encoded)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : encoded) {
        if (c == '\r' || c == '\n' || c == '=') continue;
        const std::size_t value = alphabet.find(c);
        require(value != std::string_view::npos);
        bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    return out;
}

/// Encoded words and what folds them, as RFC 2047 section 6 reads them.
std::string decode_header(std::string_view value)
{
    if (!value.starts_with("=?")) return std::string(value);
    std::string out;
    while (!value.empty()) {
        require(value.starts_with("=?UTF-8?B?"));
        const std::size_t end = value.find("?=");
        require(end != std::string_view::npos && end + 2 <= encoded_word_characters_max);
        const std::string word = decode_base64(value.substr(10, end - 10));
        require(sallyport::is_valid_text(word));
        out += word;
        value.remove_prefix(end + 2);
        if (value.empty()) break;
        require(value.starts_with("\r\n "));
        value.remove_prefix(3);
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string expected = canonical(text);
    const std::string quoted = quoted_printable(text);
    require_lines(quoted);
    require(decode_quoted(quoted) == expected);
    const std::string based = base64_lines(text);
    require_lines(based);
    require(decode_base64(based) == expected);
    if (is_header_safe(text)) {
        require(decode_header(header_text(text, 9)) == text);
        const std::string phrase = header_phrase(text, 6);
        if (!phrase.starts_with('"')) require(decode_header(phrase) == text);
    }
    return 0;
}
