#include "crypto/canonical.h"

namespace sallyport::crypto {

namespace {

constexpr std::uint8_t format_version = 1;
enum class Kind : std::uint8_t { null = 'n', integer = 'i', text = 't', bytes = 'b' };

void append_number(Bytes& out, std::uint64_t number)
{
    for (unsigned shift = 64; shift != 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(number >> (shift - 8)));
}

void append_part(Bytes& out, Kind kind, BytesView content)
{
    out.push_back(static_cast<std::uint8_t>(kind));
    append_number(out, content.size());
    out.insert(out.end(), content.begin(), content.end());
}

}  // namespace

Canonical::Canonical(std::string_view label, std::int64_t layout, std::span<const Field> fields)
{
    m_bytes.push_back(format_version);
    append(Field(label));
    append(Field(layout));
    for (const Field& field : fields) append(field);
}

void Canonical::append(const Field& field)
{
    if (const auto* const number = std::get_if<std::int64_t>(&field.m_value)) {
        Bytes content;
        append_number(content, static_cast<std::uint64_t>(*number));
        append_part(m_bytes, Kind::integer, content);
    } else if (const auto* const text = std::get_if<std::string_view>(&field.m_value)) {
        append_part(m_bytes, Kind::text, as_bytes(*text));
    } else if (const auto* const bytes = std::get_if<BytesView>(&field.m_value)) {
        append_part(m_bytes, Kind::bytes, *bytes);
    } else {
        append_part(m_bytes, Kind::null, {});
    }
}

}  // namespace sallyport::crypto
