#include "crypto/seal.h"

#include "base/check.h"
#include "crypto/sodium_start.h"

#include <sodium.h>

namespace sallyport::crypto {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_bytes = 3;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(seal_overhead_bytes == header_bytes + nonce_bytes + tag_bytes);
static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

/// The header is part of what is authenticated, so that no bit of the blob is free.
Bytes associated_data(BytesView header, const Canonical& bound_to)
{
    Bytes data(header.begin(), header.end());
    data.insert(data.end(), bound_to.bytes().begin(), bound_to.bytes().end());
    return data;
}

KeyId key_id_of(BytesView sealed) { return static_cast<KeyId>((unsigned{sealed[1]} << 8U) | sealed[2]); }

}  // namespace

Sealer::Sealer(const KeyRing& keys, RandomSource random)
    : m_current(keys.current_id(KeyName::seal)), m_random(std::move(random))
{
    start_sodium();
    for (const KeyId id : keys.ids(KeyName::seal))
        m_keys.emplace(id, keys.find(KeyName::seal, id)->duplicate());
}

Bytes Sealer::seal(const Canonical& bound_to, BytesView plain) const
{
    Bytes sealed(seal_overhead_bytes + plain.size());
    sealed[0] = format;
    sealed[1] = static_cast<std::uint8_t>(m_current >> 8U);
    sealed[2] = static_cast<std::uint8_t>(m_current);
    const std::span<std::uint8_t> nonce = std::span(sealed).subspan(header_bytes, nonce_bytes);
    m_random.fill(nonce);
    const Bytes data = associated_data(BytesView(sealed).first(header_bytes), bound_to);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + header_bytes + nonce_bytes, nullptr,
                                               plain.data(), plain.size(), data.data(), data.size(), nullptr,
                                               nonce.data(), m_keys.at(m_current).reveal().data());
    return sealed;
}

std::optional<Secret> Sealer::open(const Canonical& bound_to, BytesView sealed) const
{
    if (sealed.size() < seal_overhead_bytes || sealed[0] != format) return std::nullopt;
    const auto key = m_keys.find(key_id_of(sealed));
    if (key == m_keys.end()) return std::nullopt;
    const Bytes data = associated_data(sealed.first(header_bytes), bound_to);
    const BytesView nonce = sealed.subspan(header_bytes, nonce_bytes);
    const BytesView box = sealed.subspan(header_bytes + nonce_bytes);
    Bytes plain(box.size() - tag_bytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, box.data(), box.size(),
                                                   data.data(), data.size(), nonce.data(),
                                                   key->second.reveal().data()) != 0) {
        return std::nullopt;
    }
    return Secret(std::move(plain));
}

bool Sealer::is_current(BytesView sealed) const noexcept
{
    return sealed.size() >= seal_overhead_bytes && sealed[0] == format && key_id_of(sealed) == m_current;
}

}  // namespace sallyport::crypto
