#pragma once
// The published half of a key that signs mail: a record of DNS (RFC 6376 section 3.6.1, RFC 8463 section 4),
// and verifying with it.
#include "base/bytes.h"
#include "crypto/hash.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace sallyport::crypto {

/// RFC 4648 section 4 with any white space in it (RFC 6376 section 2.10); nullopt for anything else.
std::optional<Bytes> dkim_base64(std::string_view text);

class DkimPublicKey {
public:
    enum class Algorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };

    /// "v=DKIM1; k=rsa; p=…", as DkimKey::record() writes it. nullopt for a key that was taken back (p=), one
    /// of another kind, an RSA key of less than 1024 or more than 4096 bits (RFC 8301 section 3.2), or one
    /// for other hashes or services than SHA-256 and mail.
    static std::optional<DkimPublicKey> parse(std::string_view record);

    [[nodiscard]] Algorithm algorithm() const noexcept { return m_algorithm; }
    /// Of what DkimKey::sign() signs. Throws Unavailable where OpenSSL has no memory.
    [[nodiscard]] bool verify(const Digest256& digest, BytesView signature) const;

private:
    struct Deleter {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    using Handle = std::unique_ptr<evp_pkey_st, Deleter>;
    DkimPublicKey(Handle key, Algorithm algorithm) : m_key(std::move(key)), m_algorithm(algorithm) {}

    Handle m_key;
    Algorithm m_algorithm;
};

}  // namespace sallyport::crypto
