#pragma once
// One road for every signature that WebAuthn brings, of credentials and of certificates: OpenSSL's EVP, and
// libsodium for Ed25519 (stack.md: twice as fast, and it refuses keys of small order and S ≥ L).
#include "base/bytes.h"
#include "crypto/cose_key.h"

#include <cstdint>

namespace sallyport::crypto {

/// RS1 (RSA PKCS#1 v1.5 with SHA-1, −65535) is what TPMs of Windows sign their own statement with; nothing
/// else may use it.
enum class SignatureScheme : std::uint8_t {
    ecdsa_p256,
    ecdsa_p384,
    ecdsa_p521,
    ed25519,
    ed448,
    rsa_sha256,
    rsa_sha1
};

SignatureScheme scheme_of(CoseAlgorithm algorithm) noexcept;

/// True where `key` is of the scheme's kind (curve, at least 2048 bits of RSA) and the signature is right.
/// DER of ECDSA is strict. Leaves OpenSSL's error queue empty.
bool verify_signature(SignatureScheme scheme, const evp_pkey_st& key, BytesView message, BytesView signature);

/// As above for a key that libsodium takes as 32 bytes.
bool verify_ed25519(BytesView key, BytesView message, BytesView signature);

}  // namespace sallyport::crypto
