#pragma once
// Rows that grant power carry a MAC under a key outside the database (policy.md), and values are found again
// by keyed digests (blind indexes), so that a reader of the database learns no address.
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"

#include <map>
#include <string_view>

namespace sallyport::crypto {

/// HMAC-SHA-256 over Canonical(table, layout, {every column that matters, the version among them}).
class RowAuthenticator {
public:
    explicit RowAuthenticator(const KeyRing& keys);

    /// Key id (2 bytes, big-endian) and 32 bytes.
    [[nodiscard]] Bytes mac(const Canonical& row) const;
    /// Constant time in the content. False for an unknown key id or another length.
    [[nodiscard]] bool verify(const Canonical& row, BytesView mac) const;
    /// False where the row should be written again under the newest key.
    [[nodiscard]] bool is_current(BytesView mac) const noexcept;

private:
    std::map<KeyId, Secret> m_keys;
    KeyId m_current;
};

/// Blind indexes and keyed digests. It uses the current index key only: replacing that key means writing
/// every index again.
class IndexKey {
public:
    explicit IndexKey(const KeyRing& keys) : m_key(keys.current(KeyName::index).duplicate()) {}
    /// HMAC-SHA-256 of (purpose, value): the same value has unrelated digests for two purposes. E.g.
    /// of("account.email", email.key()), of("network", address.network()).
    [[nodiscard]] Bytes of(std::string_view purpose, std::string_view value) const;
    [[nodiscard]] Bytes of(std::string_view purpose, BytesView value) const;

private:
    Secret m_key;
};

}  // namespace sallyport::crypto
