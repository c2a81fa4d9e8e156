#pragma once
// Argon2id (RFC 9106) as PHC strings, over HMAC-SHA-256(pepper, password in NFC). The pepper's key id is
// stored beside the PHC string. libsodium computes one lane and takes no secret input: other strings are
// refused when read.
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/key_file.h"
#include "crypto/random_source.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::crypto {

inline constexpr std::uint32_t hash_memory_kib_min =
    8;  // libsodium's own least; the configuration's is higher
inline constexpr std::uint32_t hash_memory_kib_max = 1024 * 1024;
inline constexpr std::uint32_t hash_passes_max = 64;

/// What a hash costs. p is always 1. The default is OWASP's floor.
struct HashParameters {
    std::uint32_t memory_kib = 19'456;
    std::uint32_t passes = 2;
    /// KiB filled: time is proportional to it.
    [[nodiscard]] constexpr std::uint64_t work() const noexcept { return std::uint64_t{memory_kib} * passes; }
    [[nodiscard]] constexpr bool is_valid() const noexcept
    {
        return memory_kib >= hash_memory_kib_min && memory_kib <= hash_memory_kib_max && passes >= 1 &&
               passes <= hash_passes_max;
    }
    friend bool operator==(const HashParameters&, const HashParameters&) = default;
};
/// The one that costs more work; of equal work, the one with more memory.
HashParameters dearest(HashParameters a, HashParameters b) noexcept;

/// `$argon2id$v=19$m=…,t=…,p=1$salt$tag`, parts decoded.
struct PasswordHash {
    HashParameters parameters;
    Bytes salt;  // 8 … 64 bytes
    Bytes tag;   // 16 … 64 bytes
    /// Strict: canonical base64 and numbers, p=1, v=19, no keyid or data part; nullopt for anything else.
    static std::optional<PasswordHash> parse(std::string_view phc);
    [[nodiscard]] std::string text() const;
};
/// True where the string is not of these parameters: hash again at the next success.
bool needs_upgrade(std::string_view phc, HashParameters wanted);

/// What is really hashed: 32 bytes under the pepper. Made of a password (here) or of a recovery code
/// (recovery_code.h).
struct HashInput {
    Secret bytes;
    [[nodiscard]] HashInput duplicate() const { return {bytes.duplicate()}; }
};

/// Peppers, by id.
class Peppers {
public:
    explicit Peppers(const KeyRing& keys);
    [[nodiscard]] KeyId current_id() const noexcept { return m_current; }
    /// A text that is not valid UTF-8 is taken as it is: it costs the same and matches nothing that was
    /// accepted. `pepper` is the id beside the PHC string (unknown ids, e.g. of an account that does not
    /// exist, take the current pepper: the cost and the refusal are the same).
    [[nodiscard]] HashInput password(const Secret& password, std::int64_t pepper) const;
    [[nodiscard]] HashInput keyed(BytesView data, std::int64_t pepper) const;

private:
    std::map<KeyId, Secret> m_keys;
    KeyId m_current;
};

/// Blocking, some 20 ms and parameters.memory_kib of memory: callers that serve requests use PasswordPool.
/// Throws Unavailable where the memory cannot be had.
std::string argon2id(const HashInput& input, HashParameters parameters, const RandomSource& random);
bool argon2id_matches(const HashInput& input, const PasswordHash& stored);
/// Spends about `work` (HashParameters::work) on nothing, within `memory_kib`, so that a failure costs the
/// dearest parameters stored anywhere (policy.md).
void argon2id_spend(std::uint64_t work, std::uint32_t memory_kib);

}  // namespace sallyport::crypto
