// Android's key attestation (WebAuthn level 3, section 8.4).
#include "crypto/webauthn_attestation.h"
#include "crypto/webauthn_der.h"

#include <algorithm>
#include <iterator>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

constexpr const char* oid_description = "1.3.6.1.4.1.11129.2.1.17";
// Tags and values of the Keymaster authorization list.
constexpr std::uint32_t tag_purpose = 1, tag_all_applications = 600, tag_origin = 702;
constexpr std::uint32_t purpose_sign = 2, origin_generated = 0;

struct KeyDescription {
    BytesView challenge;
    BytesView software_enforced;
    BytesView tee_enforced;
};

/// SEQUENCE { attestationVersion, attestationSecurityLevel, keymasterVersion, keymasterSecurityLevel,
/// attestationChallenge, uniqueId, softwareEnforced, teeEnforced, … }
std::optional<KeyDescription> read_description(BytesView extension)
{
    DerReader outer(extension);
    const auto sequence = outer.next(der_sequence);
    if (!sequence || !outer.is_at_end()) return std::nullopt;
    DerReader reader(*sequence);
    for (const std::uint32_t tag : {der_integer, der_enumerated, der_integer, der_enumerated}) {
        if (!reader.next(tag)) return std::nullopt;
    }
    const auto challenge = reader.next(der_octets);
    const auto unique_id = challenge ? reader.next(der_octets) : std::nullopt;
    const auto software = unique_id ? reader.next(der_sequence) : std::nullopt;
    const auto tee = software ? reader.next(der_sequence) : std::nullopt;
    if (!tee) return std::nullopt;
    return KeyDescription{*challenge, *software, *tee};
}

/// Purpose: a SET of INTEGERs, of which only "sign" may be there.
bool is_for_signing_only(BytesView tagged)
{
    DerReader outer(tagged);
    const auto set = outer.next(der_set);
    if (!set || !outer.is_at_end() || set->empty()) return false;
    DerReader purposes(*set);
    while (!purposes.is_at_end()) {
        const auto purpose = purposes.next(der_integer);
        if (!purpose || der_number(*purpose) != purpose_sign) return false;
    }
    return true;
}

bool is_generated(BytesView tagged)
{
    DerReader reader(tagged);
    const auto origin = reader.next(der_integer);
    return origin && reader.is_at_end() && der_number(*origin) == origin_generated;
}

/// The list may leave purpose and origin out, as the vectors of level 3 do
/// (docs/decisions/webauthn-verification.md); what it says must be right.
bool is_restricted(BytesView authorizations)
{
    DerReader reader(authorizations);
    while (!reader.is_at_end()) {
        const auto item = reader.next();
        if (!item || item->tag == der_context(tag_all_applications)) return false;
        if (item->tag == der_context(tag_purpose) && !is_for_signing_only(item->content)) return false;
        if (item->tag == der_context(tag_origin) && !is_generated(item->content)) return false;
    }
    return true;
}

}  // namespace

AttestationResult verify_android_key(const Attested& attested)
{
    const auto algorithm = attested.statement.integer("alg");
    const auto signature = attested.statement.bytes("sig");
    if (!algorithm || !signature || !has_exactly(attested.statement, {"alg", "sig", "x5c"}))
        return failure(attestation_statement_malformed);
    auto chain = read_chain(attested.statement);
    if (!chain) return chain;
    const auto known = cose_algorithm(*algorithm);
    if (!known) return failure(attestation_algorithm_wrong);
    const Certificate& leaf = chain->front();
    if (!verify_signature(scheme_of(*known), *leaf.public_key(), attested.to_be_signed(), *signature))
        return failure(attestation_signature_wrong);
    if (!attested.key.equals(*leaf.public_key())) return failure(attestation_key_differs);
    const auto extension = leaf.extension(oid_description);
    const auto description = extension ? read_description(extension->value) : std::nullopt;
    if (!description) return failure(attestation_certificate_unfit);
    if (!std::ranges::equal(description->challenge, attested.client_data_hash))
        return failure(attestation_challenge_wrong);
    if (!is_restricted(description->software_enforced) || !is_restricted(description->tee_enforced))
        return failure(attestation_key_not_restricted);
    return chain;
}

}  // namespace sallyport::crypto
