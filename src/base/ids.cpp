#include "base/ids.h"

#include <algorithm>

namespace sallyport {

Uuid make_uuid_v7(Instant now, const std::array<std::uint8_t, 10>& random) noexcept
{
    Uuid id{};
    const auto ms = static_cast<std::uint64_t>(to_unix_ms(now));
    for (unsigned i = 0; i < 6; ++i) id[i] = static_cast<std::uint8_t>(ms >> (8U * (5U - i)));
    std::copy(random.begin(), random.end(), id.begin() + 6);
    id[6] = static_cast<std::uint8_t>((id[6] & 0x0fU) | 0x70U);
    id[8] = static_cast<std::uint8_t>((id[8] & 0x3fU) | 0x80U);
    return id;
}

std::string to_text(const Uuid& uuid)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(36, '-');
    auto next = text.begin();
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) ++next;
        *next++ = digits[uuid[i] >> 4U];
        *next++ = digits[uuid[i] & 15U];
    }
    return text;
}

std::optional<Uuid> uuid_from_text(std::string_view text)
{
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    digits.reserve(32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (!dash) digits += text[i];
    }
    const auto bytes = from_hex(digits);
    return bytes ? uuid_from_bytes(*bytes) : std::nullopt;
}

std::optional<Uuid> uuid_from_bytes(BytesView bytes)
{
    Uuid id{};
    if (bytes.size() != id.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
}

}  // namespace sallyport
