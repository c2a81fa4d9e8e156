#pragma once
// Keys that a browser makes for itself and cannot give away (W3C Web Cryptography API, section 23.4: ECDSA
// with P-256 and SHA-256, not extractable). The point comes as SEC 1 section 2.3.3 writes it, uncompressed;
// the signature as r || s (IEEE P1363), where WebAuthn has DER.
#include "base/bytes.h"

namespace sallyport::crypto {

inline constexpr std::size_t browser_key_bytes = 65;        // 0x04 || x || y
inline constexpr std::size_t browser_signature_bytes = 64;  // r || s

/// A point of the curve, in its one encoding.
bool is_browser_key(BytesView point);
/// False for anything that is no key or no signature of the right length. Throws Unavailable when memory
/// ends.
bool browser_key_verifies(BytesView point, BytesView message, BytesView signature);

}  // namespace sallyport::crypto
