#pragma once
// Whether 32 or 57 bytes are a public key of Ed25519 or Ed448 (RFC 8032 sections 5.1 and 5.2): a point of the
// curve in its one encoding, and not of small order, for which signatures could be made without a private
// key. OpenSSL takes any bytes as such a key and notices only when it verifies.
#include "base/bytes.h"

namespace sallyport::crypto {

inline constexpr std::size_t ed25519_key_bytes = 32;
inline constexpr std::size_t ed448_key_bytes = 57;

bool is_ed25519_key(BytesView key);
bool is_ed448_key(BytesView key);

}  // namespace sallyport::crypto
