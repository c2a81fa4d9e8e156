#include "crypto/webauthn.h"

#include "crypto/hash.h"
#include "crypto/webauthn_attestation.h"
#include "crypto/webauthn_client_data.h"

#include <algorithm>
#include <utility>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

WebauthnRefusal refusal_of(CoseProblem problem)
{
    switch (problem) {
    case CoseProblem::too_large: return key_too_large;
    case CoseProblem::not_canonical: return key_not_canonical;
    case CoseProblem::unknown_algorithm: return key_algorithm_unknown;
    case CoseProblem::wrong_type: return key_wrong_type;
    case CoseProblem::private_part: return key_private_part;
    case CoseProblem::extra_member: return key_extra_member;
    case CoseProblem::missing_member: return key_member_missing;
    case CoseProblem::wrong_length: return key_wrong_length;
    case CoseProblem::not_on_curve: return key_not_on_curve;
    case CoseProblem::weak_rsa: return key_weak_rsa;
    }
    std::unreachable();
}

/// The first half of both ceremonies: client data, and what it says where it is right.
Result<ClientData, WebauthnRefusal> accept_client_data(BytesView json, std::string_view type,
                                                       const WebauthnExpectation& expected)
{
    auto data = read_client_data(json);
    if (!data) return failure(data.error());
    if (const auto refusal = check_client_data(*data, type, expected)) return failure(*refusal);
    return data;
}

CeremonyFacts facts_of(ClientData client, AuthenticatorData data)
{
    return {.user_present = data.user_present,
            .user_verified = data.user_verified,
            .backup_eligible = data.backup_eligible,
            .backed_up = data.backed_up,
            .counter = data.counter,
            .cross_origin = client.cross_origin,
            .origin = std::move(client.origin),
            .extensions = std::move(data.extensions)};
}

}  // namespace

Result<RegistrationFacts, WebauthnRefusal> verify_registration(const RegistrationExpectation& expected,
                                                               const RegistrationResponse& response)
{
    auto client = accept_client_data(response.client_data_json, type_create, expected.ceremony);
    if (!client) return failure(client.error());
    const auto object = read_attestation_object(response.attestation_object);
    if (!object) return failure(object.error());
    auto data = read_authenticator_data(object->authenticator_data);
    if (!data) return failure(data.error());
    if (const auto refusal = check_authenticator_data(*data, expected.ceremony)) return failure(*refusal);
    if (!data->credential) return failure(attested_credential_missing);
    const AttestedCredential credential = *data->credential;
    if (!std::ranges::equal(credential.id, response.raw_id)) return failure(credential_id_differs);
    const auto key = CosePublicKey::parse(credential.public_key);
    if (!key) return failure(refusal_of(key.error()));
    if (std::ranges::find(expected.algorithms, key->algorithm()) == expected.algorithms.end())
        return failure(key_algorithm_not_offered);
    const AttestationFormat format = attestation_format(object->format);
    const Attested attested{object->statement,
                            object->authenticator_data,
                            *data,
                            credential,
                            *key,
                            sha256(response.client_data_json)};
    const auto trust = verify_attestation(expected, format, attested);
    if (!trust) return failure(trust.error());
    RegistrationFacts facts;
    facts.credential_id.assign(credential.id.begin(), credential.id.end());
    facts.public_key.assign(credential.public_key.begin(), credential.public_key.end());
    facts.algorithm = key->algorithm();
    facts.aaguid = credential.aaguid;
    facts.format = format;
    facts.trust = *trust;
    facts.ceremony = facts_of(std::move(*client), std::move(*data));
    return facts;
}

Result<CeremonyFacts, WebauthnRefusal> verify_authentication(const WebauthnExpectation& expected,
                                                             const StoredCredential& credential,
                                                             const AuthenticationResponse& response)
{
    auto client = accept_client_data(response.client_data_json, type_get, expected);
    if (!client) return failure(client.error());
    auto data = read_authenticator_data(response.authenticator_data);
    if (!data) return failure(data.error());
    if (const auto refusal = check_authenticator_data(*data, expected)) return failure(*refusal);
    if (data->credential) return failure(attested_credential_unexpected);
    if (credential.backup_eligible && *credential.backup_eligible != data->backup_eligible)
        return failure(backup_eligibility_changed);
    const auto key = CosePublicKey::parse(credential.public_key);
    if (!key) return failure(refusal_of(key.error()));
    Bytes message(response.authenticator_data.begin(), response.authenticator_data.end());
    const Digest256 hash = sha256(response.client_data_json);
    message.insert(message.end(), hash.begin(), hash.end());
    if (!key->verifies(message, response.signature)) return failure(signature_wrong);
    return facts_of(std::move(*client), std::move(*data));
}

}  // namespace sallyport::crypto
