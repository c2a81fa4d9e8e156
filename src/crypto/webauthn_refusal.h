#pragma once
// Which check of a WebAuthn response refused it: for logs and tests; people get one answer for all of them.
#include <cstdint>
#include <string_view>

namespace sallyport::crypto {

/// In the order in which the checks are made; the clauses are of WebAuthn level 3.
enum class WebauthnRefusal : std::uint8_t {
    // Client data: sections 5.8.1, 7.1 steps 6 to 11, 7.2 steps 10 to 14.
    client_data_too_large,
    client_data_malformed,  ///< no JSON object as read_json_object wants it
    client_data_name_twice,
    client_data_incomplete,  ///< type, challenge or origin is missing, or a member is of another kind
    type_wrong,
    challenge_wrong,
    origin_wrong,
    cross_origin_refused,  ///< crossOrigin is true, and the caller does not allow it
    top_origin_wrong,      ///< not in the list, or there although crossOrigin is not true
    // Attestation object: section 6.5.4.
    attestation_object_too_large,
    attestation_object_malformed,
    // Authenticator data: section 6.1, 7.1 steps 13 to 18, 7.2 steps 15 to 19.
    authenticator_data_too_large,
    authenticator_data_malformed,  ///< cut off, or longer than its flags say
    extensions_malformed,          ///< no canonical map of names
    rp_id_wrong,
    user_not_present,
    user_not_verified,
    backup_state_impossible,     ///< backed up, but not eligible
    backup_eligibility_changed,  ///< it never may, section 6.1.3
    attested_credential_missing,
    attested_credential_unexpected,
    credential_id_too_long,  ///< over 1023 bytes (7.1 step 24), or empty
    credential_id_differs,   ///< authenticator data names another than rawId
    // The credential's key: section 6.5.1.1 and CoseProblem.
    key_too_large,
    key_not_canonical,
    key_algorithm_unknown,
    key_algorithm_not_offered,  ///< 7.1 step 19
    key_wrong_type,
    key_private_part,
    key_extra_member,
    key_member_missing,
    key_wrong_length,
    key_not_on_curve,
    key_weak_rsa,
    // 7.2 step 21.
    signature_wrong,
    // Attestation statements: section 8, 7.1 steps 20 to 23.
    attestation_format_unknown,
    attestation_statement_malformed,
    attestation_algorithm_wrong,  ///< not one we verify, or not the one that it must be
    attestation_certificate_malformed,
    attestation_certificate_unfit,  ///< sections 8.2.1, 8.3.1, or the key's kind
    attestation_aaguid_differs,
    attestation_key_differs,
    attestation_signature_wrong,
    attestation_tpm_wrong,           ///< certInfo does not say what section 8.3 wants
    attestation_challenge_wrong,     ///< Android's challenge or Apple's nonce
    attestation_key_not_restricted,  ///< Android: for all applications, not for signing only, not made there
    attestation_untrusted,           ///< no way to a trust anchor, and the caller requires one
};

/// The name as it stands above.
std::string_view name_of(WebauthnRefusal refusal) noexcept;

}  // namespace sallyport::crypto
