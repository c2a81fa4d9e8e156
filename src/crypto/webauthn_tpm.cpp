// TPM attestation (WebAuthn level 3, section 8.3) with the structures of TPM 2.0 Library, part 2.
#include "crypto/webauthn_attestation.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

// Part 2, sections 6.2, 6.3, 6.4 and 6.9.
constexpr std::uint32_t generated_value = 0xff544347;  // TPM_GENERATED_VALUE
constexpr std::uint32_t st_attest_certify = 0x8017;
constexpr std::uint32_t alg_rsa = 0x0001, alg_null = 0x0010, alg_ecc = 0x0023;
constexpr std::uint32_t alg_sha256 = 0x000b, alg_sha384 = 0x000c, alg_sha512 = 0x000d;
constexpr std::uint32_t curve_p256 = 0x0003, curve_p384 = 0x0004, curve_p521 = 0x0005;
constexpr std::uint32_t rsa_exponent_default = 65537;  // section 12.2.3.5: what 0 stands for
constexpr std::size_t clock_info_bytes = 17, firmware_version_bytes = 8;

constexpr std::int64_t cose_rs1 = -65535;
constexpr const char* oid_aik_usage = "2.23.133.8.3";  // tcg-kp-AIKCertificate
constexpr const char* const oids_of_tpm[] = {"2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"};

/// Big-endian fields one after the other; past the end everything is empty and `good` is false.
class TpmReader {
public:
    explicit TpmReader(BytesView bytes) : m_rest(bytes) {}
    BytesView take(std::size_t size)
    {
        if (size > m_rest.size()) {
            m_good = false;
            return {};
        }
        const BytesView taken = m_rest.first(size);
        m_rest = m_rest.subspan(size);
        return taken;
    }
    std::uint32_t number(std::size_t bytes)
    {
        std::uint32_t value = 0;
        for (const std::uint8_t byte : take(bytes)) value = value << 8U | byte;
        return value;
    }
    BytesView sized() { return take(number(2)); }  // TPM2B
    [[nodiscard]] bool is_whole() const noexcept { return m_good && m_rest.empty(); }

private:
    BytesView m_rest;
    bool m_good = true;
};

Bytes digest(const char* name, BytesView message)
{
    Bytes out(EVP_MAX_MD_SIZE);
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, name, nullptr, message.data(), message.size(), out.data(), &size) != 1)
        return {};
    out.resize(size);
    return out;
}

/// How the statement is signed, and the hash that extraData is made with.
struct StatementAlgorithm {
    SignatureScheme scheme;
    const char* hash;
};

std::optional<StatementAlgorithm> statement_algorithm(std::int64_t identifier)
{
    if (identifier == cose_rs1) return StatementAlgorithm{SignatureScheme::rsa_sha1, "SHA1"};
    const auto known = cose_algorithm(identifier);
    if (!known) return std::nullopt;
    switch (*known) {
    case CoseAlgorithm::es256: return StatementAlgorithm{SignatureScheme::ecdsa_p256, "SHA256"};
    case CoseAlgorithm::es384: return StatementAlgorithm{SignatureScheme::ecdsa_p384, "SHA384"};
    case CoseAlgorithm::es512: return StatementAlgorithm{SignatureScheme::ecdsa_p521, "SHA512"};
    case CoseAlgorithm::rs256: return StatementAlgorithm{SignatureScheme::rsa_sha256, "SHA256"};
    case CoseAlgorithm::eddsa:
    case CoseAlgorithm::ed448: return std::nullopt;  // no hash to make extraData with
    }
    std::unreachable();
}

/// Leading zeros may be left out of a TPM's numbers.
bool equal_numbers(BytesView a, BytesView b)
{
    const auto strip = [](BytesView number) {
        while (!number.empty() && number.front() == 0) number = number.subspan(1);
        return number;
    };
    return std::ranges::equal(strip(a), strip(b));
}

/// A scheme of TPMT_SYM_DEF_OBJECT, TPMT_ASYM_SCHEME or TPMT_KDF_SCHEME and the bytes of its details.
void skip_scheme(TpmReader& reader, std::size_t detail_bytes)
{
    if (reader.number(2) != alg_null) reader.take(detail_bytes);
}

bool is_rsa_area(TpmReader& reader, const CosePublicKey& key)
{
    skip_scheme(reader, 4);  // symmetric: bits and mode
    skip_scheme(reader, 2);
    reader.number(2);  // bits, which the modulus says too
    const std::uint32_t exponent = reader.number(4);
    const BytesView modulus = reader.sized();
    return reader.is_whole() && key.algorithm() == CoseAlgorithm::rs256 &&
           key.rsa_exponent() == (exponent == 0 ? rsa_exponent_default : exponent) &&
           equal_numbers(modulus, key.material());
}

bool is_ecc_area(TpmReader& reader, const CosePublicKey& key)
{
    skip_scheme(reader, 4);
    skip_scheme(reader, 2);
    const std::uint32_t curve = reader.number(2);
    skip_scheme(reader, 2);  // key derivation
    const BytesView x = reader.sized();
    const BytesView y = reader.sized();
    const bool is_curve = (curve == curve_p256 && key.algorithm() == CoseAlgorithm::es256) ||
                          (curve == curve_p384 && key.algorithm() == CoseAlgorithm::es384) ||
                          (curve == curve_p521 && key.algorithm() == CoseAlgorithm::es512);
    if (!reader.is_whole() || !is_curve) return false;
    const BytesView point = key.material().subspan(1);
    return equal_numbers(x, point.first(point.size() / 2)) &&
           equal_numbers(y, point.subspan(point.size() / 2));
}

/// TPMT_PUBLIC (section 12.2.4) holds the credential's key.
bool is_same_key(BytesView public_area, const CosePublicKey& key)
{
    TpmReader reader(public_area);
    const std::uint32_t type = reader.number(2);
    reader.number(2);  // nameAlg
    reader.number(4);  // objectAttributes
    reader.sized();    // authPolicy
    if (type == alg_rsa) return is_rsa_area(reader, key);
    return type == alg_ecc && is_ecc_area(reader, key);
}

/// The name of an object (part 1, section 16): its nameAlg and the hash of its public area.
Bytes name_of_area(BytesView public_area)
{
    TpmReader reader(public_area);
    reader.number(2);
    const BytesView algorithm = reader.take(2);
    if (algorithm.size() != 2) return {};
    const unsigned id = static_cast<unsigned>(algorithm[0]) << 8U | algorithm[1];
    const char* const hash = id == alg_sha256   ? "SHA256"
                             : id == alg_sha384 ? "SHA384"
                             : id == alg_sha512 ? "SHA512"
                                                : nullptr;
    if (hash == nullptr) return {};
    Bytes name(algorithm.begin(), algorithm.end());
    const Bytes hashed = digest(hash, public_area);
    name.insert(name.end(), hashed.begin(), hashed.end());
    return name;
}

/// TPMS_ATTEST (section 10.12.8) certifies the public area and was made for this registration.
bool certifies(BytesView info, BytesView public_area, BytesView extra_data)
{
    TpmReader reader(info);
    if (reader.number(4) != generated_value || reader.number(2) != st_attest_certify) return false;
    reader.sized();  // qualifiedSigner
    const BytesView extra = reader.sized();
    reader.take(clock_info_bytes);
    reader.take(firmware_version_bytes);
    const BytesView name = reader.sized();
    reader.sized();  // qualifiedName
    const Bytes wanted = name_of_area(public_area);
    return reader.is_whole() && std::ranges::equal(extra, extra_data) && !wanted.empty() &&
           std::ranges::equal(name, wanted);
}

/// Section 8.3.1.
bool is_fit(const Certificate& certificate)
{
    const auto names = certificate.extension("2.5.29.17");  // subjectAltName
    return certificate.is_version_3() && !certificate.is_authority() && !certificate.has_subject() && names &&
           certificate.has_directory_name(oids_of_tpm) && certificate.has_extended_key_usage(oid_aik_usage);
}

}  // namespace

AttestationResult verify_tpm(const Attested& attested)
{
    const CborMap& statement = attested.statement;
    const auto algorithm = statement.integer("alg");
    const auto signature = statement.bytes("sig");
    const auto info = statement.bytes("certInfo");
    const auto public_area = statement.bytes("pubArea");
    if (!algorithm || !signature || !info || !public_area || statement.text("ver") != "2.0" ||
        !has_exactly(statement, {"alg", "sig", "ver", "x5c", "pubArea", "certInfo"}))
        return failure(attestation_statement_malformed);
    const auto known = statement_algorithm(*algorithm);
    if (!known) return failure(attestation_algorithm_wrong);
    auto chain = read_chain(statement);
    if (!chain) return chain;
    if (!is_same_key(*public_area, attested.key)) return failure(attestation_key_differs);
    if (!certifies(*info, *public_area, digest(known->hash, attested.to_be_signed())))
        return failure(attestation_tpm_wrong);
    const Certificate& leaf = chain->front();
    if (!verify_signature(known->scheme, *leaf.public_key(), *info, *signature))
        return failure(attestation_signature_wrong);
    if (!is_fit(leaf)) return failure(attestation_certificate_unfit);
    if (const auto refusal = check_aaguid_extension(leaf, attested.credential.aaguid))
        return failure(*refusal);
    return chain;
}

}  // namespace sallyport::crypto
