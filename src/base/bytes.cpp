#include "base/bytes.h"

#include <array>

namespace sallyport {

namespace {

constexpr std::string_view hex_alphabet = "0123456789abcdef";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view crockford_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

using Decoder = std::array<std::int8_t, 256>;

constexpr Decoder decoder_of(std::string_view alphabet, bool either_case)
{
    Decoder table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        const auto c = static_cast<unsigned char>(alphabet[i]);
        table[c] = static_cast<std::int8_t>(i);
        if (either_case && c >= 'A' && c <= 'Z') table[c + 32U] = static_cast<std::int8_t>(i);
    }
    return table;
}

constexpr Decoder crockford_decoder()
{
    Decoder table = decoder_of(crockford_alphabet, true);
    for (const char one : {'I', 'i', 'L', 'l'}) table[static_cast<unsigned char>(one)] = 1;
    for (const char zero : {'O', 'o'}) table[static_cast<unsigned char>(zero)] = 0;
    return table;
}

std::string encode(BytesView bytes, std::string_view alphabet, unsigned bits)
{
    std::string out;
    out.reserve((bytes.size() * 8 + bits - 1) / bits);
    std::uint32_t buffer = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        buffer = (buffer << 8U) | byte;
        held += 8;
        while (held >= bits) {
            held -= bits;
            out += alphabet[(buffer >> held) & ((1U << bits) - 1U)];
        }
        buffer &= (1U << held) - 1U;
    }
    if (held > 0) out += alphabet[(buffer << (bits - held)) & ((1U << bits) - 1U)];
    return out;
}

std::optional<Bytes> decode(std::string_view text, const Decoder& table, unsigned bits)
{
    Bytes out(text.size() * bits / 8);
    auto next = out.begin();
    std::uint32_t buffer = 0;
    unsigned held = 0;
    for (const char c : text) {
        const std::int8_t digit = table[static_cast<unsigned char>(c)];
        if (digit < 0) return std::nullopt;
        buffer = (buffer << bits) | static_cast<std::uint32_t>(digit);
        held += bits;
        if (held >= 8) {
            held -= 8;
            *next++ = static_cast<std::uint8_t>(buffer >> held);
            buffer &= (1U << held) - 1U;
        }
    }
    // A whole unused character, or bits that are not zero, would give two texts for one value.
    if (held >= bits || buffer != 0) return std::nullopt;
    return out;
}

}  // namespace

BytesView as_bytes(std::string_view text) noexcept
{
    // The one place where text is viewed as bytes: char and uint8_t may alias.
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(BytesView bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text)
{
    const BytesView view = as_bytes(text);
    return {view.begin(), view.end()};
}

std::string to_hex(BytesView bytes) { return encode(bytes, hex_alphabet, 4); }

std::optional<Bytes> from_hex(std::string_view text)
{
    static constexpr Decoder table = [] {
        Decoder t = decoder_of(hex_alphabet, false);
        for (unsigned char c = 'A'; c <= 'F'; ++c) t[c] = static_cast<std::int8_t>(c - 'A' + 10);
        return t;
    }();
    return decode(text, table, 4);
}

std::string to_base64(BytesView bytes)
{
    std::string out = encode(bytes, base64_alphabet, 6);
    while (out.size() % 4 != 0) out += '=';
    return out;
}

std::string to_base64url(BytesView bytes) { return encode(bytes, base64url_alphabet, 6); }

std::optional<Bytes> from_base64url(std::string_view text)
{
    static constexpr Decoder table = decoder_of(base64url_alphabet, false);
    return decode(text, table, 6);
}

std::string to_base32(BytesView bytes) { return encode(bytes, base32_alphabet, 5); }

std::optional<Bytes> from_base32(std::string_view text)
{
    static constexpr Decoder table = decoder_of(base32_alphabet, true);
    return decode(text, table, 5);
}

std::string to_crockford(BytesView bytes) { return encode(bytes, crockford_alphabet, 5); }

std::optional<Bytes> from_crockford(std::string_view text)
{
    static constexpr Decoder table = crockford_decoder();
    return decode(text, table, 5);
}

bool equal_constant_time(BytesView a, BytesView b) noexcept
{
    if (a.size() != b.size()) return false;
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    const volatile std::uint8_t held = difference;  // keeps the compiler from leaving the loop early
    return held == 0;
}

}  // namespace sallyport
