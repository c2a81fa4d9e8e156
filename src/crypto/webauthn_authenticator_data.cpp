#include "crypto/webauthn_authenticator_data.h"

#include "crypto/hash.h"

#include <algorithm>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

// Section 6.1, flags; bits 1 and 5 are reserved for future use and may be anything.
constexpr unsigned flag_user_present = 0x01, flag_user_verified = 0x04, flag_backup_eligible = 0x08,
                   flag_backed_up = 0x10, flag_attested_credential = 0x40, flag_extensions = 0x80;
constexpr std::size_t hash_bytes = 32, counter_bytes = 4, id_length_bytes = 2;

/// Takes bytes off the front, never more than there are.
class Cursor {
public:
    explicit Cursor(BytesView bytes) : m_rest(bytes) {}
    std::optional<BytesView> take(std::size_t size)
    {
        if (size > m_rest.size()) return std::nullopt;
        const BytesView taken = m_rest.first(size);
        m_rest = m_rest.subspan(size);
        return taken;
    }
    [[nodiscard]] BytesView rest() const noexcept { return m_rest; }

private:
    BytesView m_rest;
};

std::uint32_t big_endian(BytesView bytes)
{
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8U | byte;
    return value;
}

Result<AttestedCredential, WebauthnRefusal> read_credential(Cursor& cursor)
{
    AttestedCredential credential;
    const auto aaguid = cursor.take(credential.aaguid.size());
    const auto length = cursor.take(id_length_bytes);
    if (!aaguid || !length) return failure(authenticator_data_malformed);
    std::ranges::copy(*aaguid, credential.aaguid.begin());
    const std::uint32_t id_bytes = big_endian(*length);
    if (id_bytes == 0 || id_bytes > credential_id_bytes_max) return failure(credential_id_too_long);
    const auto id = cursor.take(id_bytes);
    if (!id) return failure(authenticator_data_malformed);
    credential.id = *id;
    const auto key = read_cbor_front(cursor.rest());
    if (!key) return failure(key_not_canonical);
    credential.public_key = *cursor.take(key->encoded.size());
    return credential;
}

Result<std::vector<std::string>, WebauthnRefusal> read_extensions(Cursor& cursor)
{
    const auto map = CborMap::read_front(cursor.rest());
    if (!map) return failure(extensions_malformed);
    const auto names = map->names();
    if (names.size() != map->size()) return failure(extensions_malformed);
    cursor.take(map->encoded().size());
    return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace

Result<AuthenticatorData, WebauthnRefusal> read_authenticator_data(BytesView bytes)
{
    if (bytes.size() > authenticator_data_bytes_max) return failure(authenticator_data_too_large);
    Cursor cursor(bytes);
    const auto hash = cursor.take(hash_bytes);
    const auto flags_byte = cursor.take(1);
    const auto counter = cursor.take(counter_bytes);
    if (!hash || !flags_byte || !counter) return failure(authenticator_data_malformed);
    const unsigned flags = flags_byte->front();
    AuthenticatorData data;
    data.rp_id_hash = *hash;
    data.user_present = (flags & flag_user_present) != 0;
    data.user_verified = (flags & flag_user_verified) != 0;
    data.backup_eligible = (flags & flag_backup_eligible) != 0;
    data.backed_up = (flags & flag_backed_up) != 0;
    data.counter = big_endian(*counter);
    if ((flags & flag_attested_credential) != 0) {
        const auto credential = read_credential(cursor);
        if (!credential) return failure(credential.error());
        data.credential = *credential;
    }
    if ((flags & flag_extensions) != 0) {
        auto names = read_extensions(cursor);
        if (!names) return failure(names.error());
        data.extensions = std::move(*names);
    }
    if (!cursor.rest().empty()) return failure(authenticator_data_malformed);
    return data;
}

std::optional<WebauthnRefusal> check_authenticator_data(const AuthenticatorData& data,
                                                        const WebauthnExpectation& expected)
{
    if (!std::ranges::equal(data.rp_id_hash, sha256(as_bytes(expected.rp_id)))) return rp_id_wrong;
    if (expected.user_presence && !data.user_present) return user_not_present;
    if (expected.user_verification && !data.user_verified) return user_not_verified;
    if (data.backed_up && !data.backup_eligible) return backup_state_impossible;
    return std::nullopt;
}

}  // namespace sallyport::crypto
