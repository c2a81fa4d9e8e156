#pragma once
// Public keys of credentials as COSE_Key (RFC 9052 section 7, RFC 9053 section 7, RFC 8230 section 4) within
// the rules of WebAuthn level 3, section 5.8.5: one algorithm, one key type and one curve belong together,
// points are not compressed, and nothing stands in the key that its algorithm does not need.
#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

struct evp_pkey_st;

namespace sallyport::crypto {

/// COSEAlgorithmIdentifier of what this server verifies (IANA COSE Algorithms).
enum class CoseAlgorithm : std::int32_t {
    es256 = -7,
    eddsa = -8,  // with Ed25519 only
    es384 = -35,
    es512 = -36,
    ed448 = -53,  // RFC 9864
    rs256 = -257,
};

std::optional<CoseAlgorithm> cose_algorithm(std::int64_t identifier) noexcept;

/// What a registration asks for (pubKeyCredParams), best first: every authenticator in use has one of these.
inline constexpr std::array<CoseAlgorithm, 3> offered_algorithms{CoseAlgorithm::eddsa, CoseAlgorithm::es256,
                                                                 CoseAlgorithm::rs256};

inline constexpr std::size_t cose_key_bytes_max = 1024;  // RSA of 4096 bits is 526
inline constexpr unsigned rsa_bits_min = 2048;
inline constexpr unsigned rsa_bits_max = 4096;
inline constexpr std::size_t signature_bytes_max = rsa_bits_max / 8;

enum class CoseProblem : std::uint8_t {
    too_large,          ///< cose_key_bytes_max
    not_canonical,      ///< not one CTAP2 canonical map (keys out of order or twice too)
    unknown_algorithm,  ///< alg is not in CoseAlgorithm
    wrong_type,         ///< kty or crv does not belong to alg
    private_part,       ///< d, or another private parameter
    extra_member,       ///< something that this kind of key does not have
    missing_member,     ///< a part is not there, or has another kind
    wrong_length,       ///< a coordinate, or RSA's numbers with leading zeros
    not_on_curve,       ///< no point of the curve, or one of small order
    weak_rsa,           ///< modulus even or outside rsa_bits_min … rsa_bits_max; exponent even or under 65537
};

struct KeyDeleter {
    void operator()(evp_pkey_st* key) const noexcept;
};
using KeyHandle = std::unique_ptr<evp_pkey_st, KeyDeleter>;

/// A checked public key. Moves, is not copied; verifying is const and may run in several threads.
class CosePublicKey {
public:
    /// Exactly one key and nothing else. Throws Unavailable when memory ends.
    static Result<CosePublicKey, CoseProblem> parse(BytesView encoded);

    [[nodiscard]] CoseAlgorithm algorithm() const noexcept { return m_algorithm; }
    /// The signature formats of WebAuthn level 3, section 6.5.5: ECDSA in DER, EdDSA and RSA PKCS#1 v1.5 as
    /// they are.
    [[nodiscard]] bool verifies(BytesView message, BytesView signature) const;
    /// The same key as in a certificate or a TPM's structure.
    [[nodiscard]] bool equals(const evp_pkey_st& other) const;
    /// What the key is made of: 0x04 || x || y (SEC 1 section 2.3.3), the bytes of RFC 8032, or RSA's
    /// modulus.
    [[nodiscard]] BytesView material() const noexcept { return m_material; }
    /// RSA's exponent, 0 for others.
    [[nodiscard]] std::uint64_t rsa_exponent() const noexcept { return m_rsa_exponent; }

private:
    CosePublicKey(CoseAlgorithm algorithm, KeyHandle key, Bytes material, std::uint64_t rsa_exponent)
        : m_algorithm(algorithm), m_key(std::move(key)), m_material(std::move(material)),
          m_rsa_exponent(rsa_exponent)
    {
    }
    CoseAlgorithm m_algorithm;
    KeyHandle m_key;
    Bytes m_material;
    std::uint64_t m_rsa_exponent;
};

}  // namespace sallyport::crypto
