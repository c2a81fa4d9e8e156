// Packed attestation (WebAuthn level 3, section 8.2) and FIDO U2F attestation (section 8.6).
#include "crypto/webauthn_attestation.h"
#include "crypto/webauthn_der.h"

#include <algorithm>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

constexpr const char* oid_aaguid = "1.3.6.1.4.1.45724.1.1.4";  // id-fido-gen-ce-aaguid

/// Section 8.2.1, certificate requirements.
bool is_fit(const Certificate& certificate)
{
    const auto country = certificate.subject("C");
    const auto organisation = certificate.subject("O");
    const auto name = certificate.subject("CN");
    return certificate.is_version_3() && !certificate.is_authority() && country && country->size() == 2 &&
           organisation && !organisation->empty() &&
           certificate.subject("OU") == "Authenticator Attestation" && name && !name->empty();
}

AttestationResult verify_self(const Attested& attested, std::int64_t algorithm, BytesView signature)
{
    if (!has_exactly(attested.statement, {"alg", "sig"})) return failure(attestation_statement_malformed);
    if (cose_algorithm(algorithm) != attested.key.algorithm()) return failure(attestation_algorithm_wrong);
    if (!attested.key.verifies(attested.to_be_signed(), signature))
        return failure(attestation_signature_wrong);
    return Chain();
}

}  // namespace

std::optional<WebauthnRefusal> check_aaguid_extension(const Certificate& certificate, const Aaguid& aaguid)
{
    const auto extension = certificate.extension(oid_aaguid);
    if (!extension) return std::nullopt;
    if (extension->critical) return attestation_certificate_unfit;
    DerReader reader(extension->value);
    const auto value = reader.next(der_octets);
    if (!value || !reader.is_at_end()) return attestation_certificate_malformed;
    return std::ranges::equal(*value, aaguid) ? std::nullopt : std::optional(attestation_aaguid_differs);
}

AttestationResult verify_packed(const Attested& attested)
{
    const auto algorithm = attested.statement.integer("alg");
    const auto signature = attested.statement.bytes("sig");
    if (!algorithm || !signature) return failure(attestation_statement_malformed);
    if (!attested.statement.find("x5c")) return verify_self(attested, *algorithm, *signature);
    if (!has_exactly(attested.statement, {"alg", "sig", "x5c"}))
        return failure(attestation_statement_malformed);
    auto chain = read_chain(attested.statement);
    if (!chain) return chain;
    const auto known = cose_algorithm(*algorithm);
    if (!known) return failure(attestation_algorithm_wrong);
    const Certificate& leaf = chain->front();
    if (!verify_signature(scheme_of(*known), *leaf.public_key(), attested.to_be_signed(), *signature))
        return failure(attestation_signature_wrong);
    if (!is_fit(leaf)) return failure(attestation_certificate_unfit);
    if (const auto refusal = check_aaguid_extension(leaf, attested.credential.aaguid))
        return failure(*refusal);
    return chain;
}

AttestationResult verify_fido_u2f(const Attested& attested)
{
    const auto signature = attested.statement.bytes("sig");
    if (!signature || !has_exactly(attested.statement, {"sig", "x5c"}))
        return failure(attestation_statement_malformed);
    auto chain = read_chain(attested.statement);
    if (!chain) return chain;
    if (chain->size() != 1) return failure(attestation_statement_malformed);
    if (attested.key.algorithm() != CoseAlgorithm::es256) return failure(attestation_algorithm_wrong);
    // verificationData: 0x00, RP ID hash, hash of the client data, credential id, the key's point.
    Bytes message{0x00};
    const auto append = [&](BytesView part) { message.insert(message.end(), part.begin(), part.end()); };
    append(attested.parsed.rp_id_hash);
    append(attested.client_data_hash);
    append(attested.credential.id);
    append(attested.key.material());
    if (!verify_signature(SignatureScheme::ecdsa_p256, *chain->front().public_key(), message, *signature))
        return failure(attestation_signature_wrong);
    return chain;
}

}  // namespace sallyport::crypto
