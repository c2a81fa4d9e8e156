#pragma once
// Digests and keyed digests by OpenSSL 3.0, with objects that are fetched once and reused by each thread.
#include "base/bytes.h"
#include "base/secret.h"

#include <array>
#include <cstdint>

namespace sallyport::crypto {

using Digest256 = std::array<std::uint8_t, 32>;
using Digest160 = std::array<std::uint8_t, 20>;

enum class HashFunction : std::uint8_t { sha1, sha256, sha512 };

/// FIPS 180-4.
Digest256 sha256(BytesView data);
/// FIPS 180-4; for the breach range service only (policy/ never sees it), and inside TOTP.
Digest160 sha1(BytesView data);

/// RFC 2104 with SHA-256.
Digest256 hmac_sha256(BytesView key, BytesView data);
/// RFC 2104; 20, 32 or 64 bytes.
Bytes hmac(HashFunction function, BytesView key, BytesView data);

/// How a 256-bit secret of ours (session, pre-authentication, browser) is stored: SHA-256, because what is
/// random needs no slow hash.
Digest256 token_hash(const Secret& token);

}  // namespace sallyport::crypto
