#include "crypto/webauthn_refusal.h"

#include <utility>

namespace sallyport::crypto {

std::string_view name_of(WebauthnRefusal refusal) noexcept
{
    using enum WebauthnRefusal;
    switch (refusal) {
    case client_data_too_large: return "client_data_too_large";
    case client_data_malformed: return "client_data_malformed";
    case client_data_name_twice: return "client_data_name_twice";
    case client_data_incomplete: return "client_data_incomplete";
    case type_wrong: return "type_wrong";
    case challenge_wrong: return "challenge_wrong";
    case origin_wrong: return "origin_wrong";
    case cross_origin_refused: return "cross_origin_refused";
    case top_origin_wrong: return "top_origin_wrong";
    case attestation_object_too_large: return "attestation_object_too_large";
    case attestation_object_malformed: return "attestation_object_malformed";
    case authenticator_data_too_large: return "authenticator_data_too_large";
    case authenticator_data_malformed: return "authenticator_data_malformed";
    case extensions_malformed: return "extensions_malformed";
    case rp_id_wrong: return "rp_id_wrong";
    case user_not_present: return "user_not_present";
    case user_not_verified: return "user_not_verified";
    case backup_state_impossible: return "backup_state_impossible";
    case backup_eligibility_changed: return "backup_eligibility_changed";
    case attested_credential_missing: return "attested_credential_missing";
    case attested_credential_unexpected: return "attested_credential_unexpected";
    case credential_id_too_long: return "credential_id_too_long";
    case credential_id_differs: return "credential_id_differs";
    case key_too_large: return "key_too_large";
    case key_not_canonical: return "key_not_canonical";
    case key_algorithm_unknown: return "key_algorithm_unknown";
    case key_algorithm_not_offered: return "key_algorithm_not_offered";
    case key_wrong_type: return "key_wrong_type";
    case key_private_part: return "key_private_part";
    case key_extra_member: return "key_extra_member";
    case key_member_missing: return "key_member_missing";
    case key_wrong_length: return "key_wrong_length";
    case key_not_on_curve: return "key_not_on_curve";
    case key_weak_rsa: return "key_weak_rsa";
    case signature_wrong: return "signature_wrong";
    case attestation_format_unknown: return "attestation_format_unknown";
    case attestation_statement_malformed: return "attestation_statement_malformed";
    case attestation_algorithm_wrong: return "attestation_algorithm_wrong";
    case attestation_certificate_malformed: return "attestation_certificate_malformed";
    case attestation_certificate_unfit: return "attestation_certificate_unfit";
    case attestation_aaguid_differs: return "attestation_aaguid_differs";
    case attestation_key_differs: return "attestation_key_differs";
    case attestation_signature_wrong: return "attestation_signature_wrong";
    case attestation_tpm_wrong: return "attestation_tpm_wrong";
    case attestation_challenge_wrong: return "attestation_challenge_wrong";
    case attestation_key_not_restricted: return "attestation_key_not_restricted";
    case attestation_untrusted: return "attestation_untrusted";
    }
    std::unreachable();
}

}  // namespace sallyport::crypto
