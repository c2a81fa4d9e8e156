#pragma once
// Compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037) and nothing else, and the public keys as a JWK
// set (RFC 7517) whose kid is the thumbprint (RFC 7638). libsodium signs.
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/key_file.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::crypto {

struct JwsPublicKey {
    std::array<std::uint8_t, 32> bytes;
    [[nodiscard]] std::string thumbprint() const;  // RFC 7638 section 3, RFC 8037 appendix A.3
    /// {"kty":"OKP","crv":"Ed25519","x":…,"kid":…,"alg":"EdDSA","use":"sig"}
    [[nodiscard]] std::string jwk() const;
};

class JwsSigner {
public:
    explicit JwsSigner(const KeyRing& keys);

    /// header.payload.signature with {"alg":"EdDSA","typ":…,"kid":…}. `payload` is signed as it is; `type` is
    /// one of our own words ("JWT"), plain ASCII (CHECK).
    [[nodiscard]] std::string sign(std::string_view payload, std::string_view type = "JWT") const;
    /// Every key in the file, the current one first: {"keys":[…]}.
    [[nodiscard]] std::string jwks() const;
    [[nodiscard]] std::span<const JwsPublicKey> public_keys() const noexcept { return m_public; }

private:
    Secret m_secret;  // libsodium's 64 bytes of the current key
    std::string m_kid;
    std::vector<JwsPublicKey> m_public;
};

/// The payload, or nullopt. Strict: three parts of canonical base64url, at most 16 KiB; a header that is a
/// flat JSON object of strings with no name but alg, typ and kid, each once, alg = EdDSA; a kid, where there
/// is one, names one of `keys`; a signature by that key (by any of them without kid). So no "none", crit,
/// jwk, jku or b64.
std::optional<std::string> verify_jws(std::string_view compact, std::span<const JwsPublicKey> keys);

}  // namespace sallyport::crypto
