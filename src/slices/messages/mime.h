#pragma once
// How text becomes the seven-bit lines that every relay passes on unchanged.
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// RFC 2045: no encoded line is longer than this, CRLF not counted (sections 6.7 and 6.8).
inline constexpr std::size_t encoded_line_characters_max = 76;
/// RFC 2047 section 2: one encoded word.
inline constexpr std::size_t encoded_word_characters_max = 75;

/// RFC 2045 section 6.7. Line ends of `text` (LF or CRLF) become CRLF; everything else, a lone CR too, comes
/// back byte for byte. No line begins with a dot or with "From ", which some relays change. Ends with CRLF.
std::string quoted_printable(std::string_view text);

/// RFC 2045 section 6.8, in lines of 76 characters with CRLF; line ends of `text` become CRLF first.
std::string base64_lines(std::string_view text);

enum class TransferEncoding : std::uint8_t { quoted_printable, base64 };
struct EncodedBody {
    TransferEncoding encoding;
    std::string body;
};
/// The shorter of the two: quoted-printable for Latin scripts, base64 for the others.
EncodedBody encode_body(std::string_view text);

/// An unstructured header value (RFC 5322 section 2.2.1), folded, `used` columns being taken on its first
/// line: printable ASCII as it is where it fits, else RFC 2047 encoded words of whole code points. CHECK:
/// valid UTF-8 without control characters, so that no value can begin another header.
std::string header_text(std::string_view text, std::size_t used);

/// A display name (RFC 5322 section 3.2.5): quoted string or encoded words. Same CHECK.
std::string header_phrase(std::string_view name, std::size_t used);

/// No C0 or C1 control and no DEL, and valid UTF-8.
bool is_header_safe(std::string_view text) noexcept;

}  // namespace sallyport::messages
