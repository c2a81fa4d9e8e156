#pragma once
// Attestation objects (WebAuthn level 3, section 6.5.4) and the statement formats of section 8 that are
// verified: packed 8.2, tpm 8.3, android-key 8.4, fido-u2f 8.6, none 8.7, apple 8.8. Refused as unknown where
// verification is wanted: android-safetynet 8.5 (Google ended the service), compound 8.9, and ECDAA inside
// packed and tpm (level 2 took it out).
#include "crypto/cbor_reader.h"
#include "crypto/cose_signature.h"
#include "crypto/hash.h"
#include "crypto/webauthn.h"
#include "crypto/webauthn_authenticator_data.h"
#include "crypto/webauthn_certificate.h"

#include <string_view>
#include <vector>

namespace sallyport::crypto {

struct AttestationObject {
    std::string_view format;
    CborMap statement;
    BytesView authenticator_data;
};

/// Exactly fmt, attStmt and authData. Views into `bytes`.
Result<AttestationObject, WebauthnRefusal> read_attestation_object(BytesView bytes);

AttestationFormat attestation_format(std::string_view name) noexcept;

/// All that a statement can speak of.
struct Attested {
    const CborMap& statement;
    BytesView authenticator_data;
    const AuthenticatorData& parsed;
    const AttestedCredential& credential;
    const CosePublicKey& key;
    Digest256 client_data_hash;

    /// attToBeSigned: authenticator data and the hash of the client data.
    [[nodiscard]] Bytes to_be_signed() const;
};

/// The certificates of a right statement, leaf first; none where the credential's own key signed.
using Chain = std::vector<Certificate>;
using AttestationResult = Result<Chain, WebauthnRefusal>;

AttestationResult verify_packed(const Attested& attested);       // webauthn_packed.cpp
AttestationResult verify_fido_u2f(const Attested& attested);     // webauthn_packed.cpp
AttestationResult verify_tpm(const Attested& attested);          // webauthn_tpm.cpp
AttestationResult verify_android_key(const Attested& attested);  // webauthn_android_key.cpp
AttestationResult verify_apple(const Attested& attested);        // webauthn_apple.cpp

/// x5c of a statement: 1 to attestation_certificates_max certificates.
AttestationResult read_chain(const CborMap& statement);
/// Whether the statement has `names` (each once, as every map here) and no others.
bool has_exactly(const CborMap& statement, std::initializer_list<std::string_view> names);

/// Sections 8.2.1 and 8.3.1: where the certificate names an AAGUID, it is this one, and not critical.
std::optional<WebauthnRefusal> check_aaguid_extension(const Certificate& certificate, const Aaguid& aaguid);

/// Statement and trust (7.1 steps 21 to 24).
Result<AttestationTrust, WebauthnRefusal> verify_attestation(const RegistrationExpectation& expected,
                                                             AttestationFormat format,
                                                             const Attested& attested);

}  // namespace sallyport::crypto
