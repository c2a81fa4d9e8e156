#include "crypto/webauthn_der.h"

namespace sallyport::crypto {

namespace {

constexpr unsigned class_mask = 0xc0, class_context = 0x80, constructed = 0x20, number_mask = 0x1f;
constexpr std::uint32_t tag_number_max = 0x3fff;  // two bytes of seven bits; Android uses 724 at most
constexpr std::size_t length_bytes_max = 3;

std::optional<std::uint8_t> take_byte(BytesView& rest)
{
    if (rest.empty()) return std::nullopt;
    const std::uint8_t byte = rest.front();
    rest = rest.subspan(1);
    return byte;
}

std::optional<std::size_t> take_length(BytesView& rest)
{
    const auto first = take_byte(rest);
    if (!first) return std::nullopt;
    if (*first < 0x80) return *first;
    const std::size_t count = *first & 0x7fU;
    if (count == 0 || count > length_bytes_max || count > rest.size() || rest.front() == 0)
        return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | *take_byte(rest);
    return length < 0x80 ? std::nullopt : std::optional(length);
}

}  // namespace

std::optional<std::uint32_t> DerReader::take_tag(BytesView& rest) const
{
    const auto first = take_byte(rest);
    if (!first) return std::nullopt;
    std::uint32_t number = *first & number_mask;
    if (number == number_mask) {
        number = 0;
        std::optional<std::uint8_t> byte;
        do {
            byte = take_byte(rest);
            if (!byte || (number == 0 && *byte == 0x80)) return std::nullopt;
            number = number << 7U | (*byte & 0x7fU);
        } while ((*byte & 0x80U) != 0 && number <= tag_number_max);
        if (number < number_mask || number > tag_number_max) return std::nullopt;
        if ((*first & class_mask) != class_context) return std::nullopt;
    }
    if ((*first & class_mask) == 0) return *first;
    if ((*first & (class_mask | constructed)) != (class_context | constructed)) return std::nullopt;
    return der_context(number);
}

std::optional<DerItem> DerReader::next()
{
    BytesView rest = m_rest;
    const auto tag = take_tag(rest);
    const auto length = tag ? take_length(rest) : std::nullopt;
    if (!length || *length > rest.size()) return std::nullopt;
    m_rest = rest.subspan(*length);
    return DerItem{*tag, rest.first(*length)};
}

std::optional<BytesView> DerReader::next(std::uint32_t tag)
{
    const auto item = next();
    return item && item->tag == tag ? std::optional(item->content) : std::nullopt;
}

std::optional<std::uint32_t> der_number(BytesView content)
{
    if (content.empty() || content.size() > 5 || (content.front() & 0x80U) != 0) return std::nullopt;
    if (content.size() > 1 && content[0] == 0 && (content[1] & 0x80U) == 0) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : content) value = value << 8U | byte;
    return value > 0xffffffffU ? std::nullopt : std::optional(static_cast<std::uint32_t>(value));
}

}  // namespace sallyport::crypto
