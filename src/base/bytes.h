#pragma once
// Byte strings and their text forms.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

BytesView as_bytes(std::string_view text) noexcept;
std::string_view as_text(BytesView bytes) noexcept;
Bytes to_bytes(std::string_view text);

/// Lower-case hexadecimal.
std::string to_hex(BytesView bytes);
std::optional<Bytes> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string to_base64(BytesView bytes);
/// RFC 4648 section 5, without padding; decoding refuses padding, other alphabets and non-zero trailing bits.
std::string to_base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

/// RFC 4648 section 6 without padding, upper case (the form of otpauth keys). Decoding takes either case.
std::string to_base32(BytesView bytes);
std::optional<Bytes> from_base32(std::string_view text);

/// Crockford's base32, upper case, most significant bits first, zero bits appended to fill the last
/// character. Decoding reads I and L as 1, O as 0, either case, and refuses anything else.
std::string to_crockford(BytesView bytes);
std::optional<Bytes> from_crockford(std::string_view text);

/// Same time for every content of equal length.
bool equal_constant_time(BytesView a, BytesView b) noexcept;

}  // namespace sallyport
