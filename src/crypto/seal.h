#pragma once
// Sealing with keys that are not in the database: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) by
// libsodium.
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/canonical.h"
#include "crypto/key_file.h"
#include "crypto/random_source.h"

#include <map>
#include <optional>

namespace sallyport::crypto {

/// Format 1 (1 byte), key id (2), nonce (24), ciphertext and tag (16). All of it, and what it is bound to, is
/// covered.
inline constexpr std::size_t seal_overhead_bytes = 1 + 2 + 24 + 16;

class Sealer {
public:
    /// Keeps copies of the sealing keys. `random` must outlive it and be safe on every thread that seals.
    Sealer(const KeyRing& keys, RandomSource random);

    /// `bound_to`: purpose and row ids, e.g. Canonical("factor.secret", 1, {account.value(),
    /// factor.value()}); a blob moved to another row or purpose does not open.
    [[nodiscard]] Bytes seal(const Canonical& bound_to, BytesView plain) const;
    /// nullopt for anything that was not sealed so: wrong key, row, purpose, or one bit changed.
    [[nodiscard]] std::optional<Secret> open(const Canonical& bound_to, BytesView sealed) const;
    /// False where the blob should be sealed again with the newest key.
    [[nodiscard]] bool is_current(BytesView sealed) const noexcept;

private:
    std::map<KeyId, Secret> m_keys;
    KeyId m_current;
    RandomSource m_random;
};

}  // namespace sallyport::crypto
