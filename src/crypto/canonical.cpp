#include "crypto/canonical.h"

namespace sallyport::crypto {

namespace {

constexpr std::uint8_t format_version = 1;
enum class Kind : std::uint8_t { null = 'n', integer = 'i', text = 't', bytes = 'b' };

constexpr std::size_t usual_size = 512;  // of a row: one allocation

std::array<std::uint8_t, 8> big_endian(std::uint64_t number)
{
    std::array<std::uint8_t, 8> bytes;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8U)
        *byte = static_cast<std::uint8_t>(number);
    return bytes;
}

void append_part(Bytes& out, Kind kind, BytesView content)
{
    out.push_back(static_cast<std::uint8_t>(kind));
    const auto size = big_endian(content.size());
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), content.begin(), content.end());
}

}  // namespace

Canonical::Canonical(std::string_view label, std::int64_t layout, std::span<const Field> fields)
{
    m_bytes.reserve(usual_size);
    m_bytes.push_back(format_version);
    append(Field(label));
    append(Field(layout));
    for (const Field& field : fields) append(field);
}

void Canonical::append(const Field& field)
{
    if (const auto* const number = std::get_if<std::int64_t>(&field.m_value)) {
        append_part(m_bytes, Kind::integer, big_endian(static_cast<std::uint64_t>(*number)));
    } else if (const auto* const text = std::get_if<std::string_view>(&field.m_value)) {
        append_part(m_bytes, Kind::text, as_bytes(*text));
    } else if (const auto* const bytes = std::get_if<BytesView>(&field.m_value)) {
        append_part(m_bytes, Kind::bytes, *bytes);
    } else {
        append_part(m_bytes, Kind::null, {});
    }
}

}  // namespace sallyport::crypto
