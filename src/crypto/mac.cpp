#include "crypto/mac.h"

namespace sallyport::crypto {

namespace {

constexpr std::size_t id_bytes = 2;
constexpr std::size_t mac_bytes = id_bytes + std::tuple_size_v<Digest256>;

KeyId key_id_of(BytesView mac) { return static_cast<KeyId>((unsigned{mac[0]} << 8U) | mac[1]); }

}  // namespace

RowAuthenticator::RowAuthenticator(const KeyRing& keys) : m_current(keys.current_id(KeyName::mac))
{
    for (const KeyId id : keys.ids(KeyName::mac))
        m_keys.emplace(id, keys.find(KeyName::mac, id)->duplicate());
}

Bytes RowAuthenticator::mac(const Canonical& row) const
{
    const Digest256 digest = hmac_sha256(m_keys.at(m_current).reveal(), row.bytes());
    Bytes out{static_cast<std::uint8_t>(m_current >> 8U), static_cast<std::uint8_t>(m_current)};
    out.insert(out.end(), digest.begin(), digest.end());
    return out;
}

bool RowAuthenticator::verify(const Canonical& row, BytesView mac) const
{
    if (mac.size() != mac_bytes) return false;
    const auto key = m_keys.find(key_id_of(mac));
    if (key == m_keys.end()) return false;
    return equal_constant_time(hmac_sha256(key->second.reveal(), row.bytes()), mac.subspan(id_bytes));
}

bool RowAuthenticator::is_current(BytesView mac) const noexcept
{
    return mac.size() == mac_bytes && key_id_of(mac) == m_current;
}

Bytes IndexKey::of(std::string_view purpose, std::string_view value) const
{
    const Digest256 digest = hmac_sha256(m_key.reveal(), Canonical(purpose, 1, {Field(value)}).bytes());
    return {digest.begin(), digest.end()};
}

Bytes IndexKey::of(std::string_view purpose, BytesView value) const
{
    const Digest256 digest = hmac_sha256(m_key.reveal(), Canonical(purpose, 1, {Field(value)}).bytes());
    return {digest.begin(), digest.end()};
}

}  // namespace sallyport::crypto
