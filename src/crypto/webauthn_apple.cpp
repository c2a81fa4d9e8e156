// Apple's anonymous attestation (WebAuthn level 3, section 8.8).
#include "crypto/webauthn_attestation.h"
#include "crypto/webauthn_der.h"

#include <algorithm>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

constexpr const char* oid_nonce = "1.2.840.113635.100.8.2";

/// SEQUENCE { [1] { OCTET STRING } }
std::optional<BytesView> nonce_of(BytesView extension)
{
    DerReader outer(extension);
    const auto sequence = outer.next(der_sequence);
    if (!sequence || !outer.is_at_end()) return std::nullopt;
    DerReader inner(*sequence);
    const auto tagged = inner.next(der_context(1));
    if (!tagged || !inner.is_at_end()) return std::nullopt;
    DerReader value(*tagged);
    const auto nonce = value.next(der_octets);
    return value.is_at_end() ? nonce : std::nullopt;
}

}  // namespace

AttestationResult verify_apple(const Attested& attested)
{
    // Early versions also send alg, which says nothing that the certificate does not.
    if (!has_exactly(attested.statement, {"x5c"}) && !has_exactly(attested.statement, {"alg", "x5c"}))
        return failure(attestation_statement_malformed);
    auto chain = read_chain(attested.statement);
    if (!chain) return chain;
    const Certificate& leaf = chain->front();
    const auto extension = leaf.extension(oid_nonce);
    const auto nonce = extension ? nonce_of(extension->value) : std::nullopt;
    if (!nonce) return failure(attestation_certificate_unfit);
    if (!std::ranges::equal(*nonce, sha256(attested.to_be_signed())))
        return failure(attestation_challenge_wrong);
    if (!attested.key.equals(*leaf.public_key())) return failure(attestation_key_differs);
    return chain;
}

}  // namespace sallyport::crypto
