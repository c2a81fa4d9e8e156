#include "crypto/envelope_tag.h"

#include "base/check.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"
#include "crypto/message_number.h"

#include <algorithm>

namespace sallyport::crypto {

namespace {

constexpr std::size_t serial_bytes = message_serial_bits / 8;
constexpr std::size_t mac_bytes = 10;
static_assert((serial_bytes + mac_bytes) * 8 == envelope_tag_characters * 5);

Bytes mac_of(const Secret& key, BytesView serial)
{
    const auto digest = hmac_sha256(key.reveal(), Canonical("envelope-tag", 1, {serial}).bytes());
    return {digest.begin(), digest.begin() + mac_bytes};
}

/// What stands between the last "+" of the local part and the "@".
std::string_view tag_in(std::string_view address)
{
    const std::string_view local = address.substr(0, address.rfind('@'));
    const std::size_t plus = local.rfind('+');
    return plus == std::string_view::npos ? std::string_view() : local.substr(plus + 1);
}

}  // namespace

EnvelopeTags::EnvelopeTags(const IndexKey& key) : m_key(key.of("envelope-tag", "")) {}

std::string EnvelopeTags::make(std::int64_t serial) const
{
    CHECK(serial >= 0 && serial < message_serials);
    Bytes parts;
    for (std::size_t i = serial_bytes; i-- > 0;) parts.push_back(static_cast<std::uint8_t>(serial >> 8 * i));
    const Bytes mac = mac_of(m_key, parts);
    parts.insert(parts.end(), mac.begin(), mac.end());
    std::string tag = to_crockford(parts);
    std::ranges::transform(
        tag, tag.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return tag;
}

std::optional<std::int64_t> EnvelopeTags::serial_in(std::string_view address) const
{
    const std::string_view tag = tag_in(address);
    if (tag.size() != envelope_tag_characters) return std::nullopt;
    const auto parts = from_crockford(tag);
    if (!parts) return std::nullopt;
    const BytesView all(*parts);
    const BytesView serial = all.first(serial_bytes);
    if (!equal_constant_time(all.subspan(serial_bytes), mac_of(m_key, serial))) return std::nullopt;
    std::int64_t value = 0;
    for (const std::uint8_t byte : serial) value = value << 8 | byte;
    return value;
}

std::string tagged_address(std::string_view address, std::string_view tag)
{
    const std::size_t at = address.rfind('@');
    CHECK(at != std::string_view::npos && at <= tagged_local_part_max);
    return std::string(address.substr(0, at)) + "+" + std::string(tag) + std::string(address.substr(at));
}

}  // namespace sallyport::crypto
