#pragma once
// A key that signs mail: RSA of 2048 to 4096 bits (RFC 8301 section 3.2) or Ed25519 (RFC 8463), from a PEM
// file, and the record that publishes it.
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/hash.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sallyport::crypto {

class DkimKey {
public:
    enum class Algorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };

    /// An unencrypted private key in PEM (PKCS #8, or PKCS #1 for RSA). The error is in words for the
    /// operator and holds nothing of the key.
    static Result<DkimKey, std::string> parse(const Secret& pem);

    [[nodiscard]] Algorithm algorithm() const noexcept { return m_algorithm; }
    /// "rsa-sha256" or "ed25519-sha256": the a= tag (RFC 6376 section 3.5, RFC 8463 section 3).
    [[nodiscard]] std::string_view name() const noexcept;
    /// Of the SHA-256 of what RFC 6376 section 3.7 says: RSASSA-PKCS1-v1_5, or PureEdDSA over the digest
    /// itself. The same for the same digest. Throws Unavailable where OpenSSL fails.
    [[nodiscard]] Bytes sign(const Digest256& digest) const;
    /// "v=DKIM1; k=rsa; p=…" (RFC 6376 section 3.6.1; RFC 8463 section 4.2: the 32 bytes alone).
    [[nodiscard]] std::string record() const;

private:
    struct Deleter {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    using Handle = std::unique_ptr<evp_pkey_st, Deleter>;
    DkimKey(Handle key, Algorithm algorithm) : m_key(std::move(key)), m_algorithm(algorithm) {}

    Handle m_key;
    Algorithm m_algorithm;
};

}  // namespace sallyport::crypto
