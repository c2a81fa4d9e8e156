#pragma once
// The relying party's side of WebAuthn level 3 (W3C): section 7.1 (registration) from step 5 on, section 7.2
// (authentication) from step 8 on. Pure: no clock, no store. The caller does what needs rows: it made the
// challenge, binds it to the browser and spends it (7.1 step 1, 7.2 step 1); finds the credential by its id
// and checks that it belongs to the account, and to allowCredentials where there were some (7.2 steps 5 and
// 6); refuses an id that is registered already (7.1 step 25); decides what a counter that goes back means
// (7.2 step 22). docs/decisions/webauthn-verification.md says which library does what, and why.
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/cose_key.h"
#include "crypto/webauthn_refusal.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::crypto {

inline constexpr std::size_t client_data_bytes_max = 4UL * 1024;
inline constexpr std::size_t authenticator_data_bytes_max = 4UL * 1024;
inline constexpr std::size_t attestation_object_bytes_max = 32UL * 1024;
inline constexpr std::size_t credential_id_bytes_max = 1023;  // section 4, credential ID
inline constexpr std::size_t attestation_certificates_max = 8;
inline constexpr std::size_t certificate_bytes_max = 8UL * 1024;

using Aaguid = std::array<std::uint8_t, 16>;

/// What both ceremonies expect. Views must outlive the call.
struct WebauthnExpectation {
    BytesView challenge;                   ///< the bytes that were sent (CHECK: not empty)
    std::string_view rp_id;                ///< "example.org"
    std::span<const std::string> origins;  ///< each whole, "https://example.org" or "android:apk-key-hash:…"
    bool user_presence = true;             ///< false only for a conditional registration (7.1 step 15)
    bool user_verification = true;         ///< required where the passkey counts as both factors
    /// Inside a frame of another origin. Where the client names that origin it must be in `top_origins`;
    /// older clients do not name it.
    bool cross_origin = false;
    std::span<const std::string> top_origins = {};
};

/// What is done with an attestation statement.
enum class AttestationUse : std::uint8_t {
    ignored,   ///< any format; its statement is read, not verified, and proves nothing
    verified,  ///< one of section 8 or none; where there is one it must be right, whoever signed it
    trusted,   ///< as verified, and certificates must lead to a trust anchor
};

struct RegistrationExpectation {
    WebauthnExpectation ceremony;
    std::span<const CoseAlgorithm> algorithms = offered_algorithms;
    AttestationUse attestation = AttestationUse::ignored;
    std::span<const Bytes> trust_anchors = {};  ///< certificates in DER; one of a chain is enough
    Instant now = {};                           ///< for the validity of certificates
};

struct RegistrationResponse {
    BytesView raw_id;  ///< PublicKeyCredential.rawId
    BytesView client_data_json;
    BytesView attestation_object;
};

struct StoredCredential {
    BytesView public_key;                 ///< RegistrationFacts::public_key
    std::optional<bool> backup_eligible;  ///< as registered; nullopt where it is not known
};

struct AuthenticationResponse {
    BytesView client_data_json;
    BytesView authenticator_data;
    BytesView signature;
};

/// What the authenticator and the browser said; what it means is policy's.
struct CeremonyFacts {
    bool user_present = false;
    bool user_verified = false;
    bool backup_eligible = false;  ///< a synced passkey (section 6.1.3)
    bool backed_up = false;
    std::uint32_t counter = 0;
    bool cross_origin = false;
    std::string origin;
    std::vector<std::string>
        extensions;  ///< names of the authenticator's extension outputs, which are not read
};

enum class AttestationFormat : std::uint8_t { none, packed, tpm, android_key, apple, fido_u2f, other };

enum class AttestationTrust : std::uint8_t {
    unchecked,    ///< AttestationUse::ignored
    none,         ///< there is no statement
    self,         ///< signed by the credential's own key
    certificate,  ///< right, but by nobody whom we know
    anchored,     ///< right, by a certificate that a trust anchor vouches for
};

struct RegistrationFacts {
    CeremonyFacts ceremony;
    Bytes credential_id;
    Bytes public_key;  ///< COSE_Key as it came: canonical, and stored as it is
    CoseAlgorithm algorithm = CoseAlgorithm::es256;
    Aaguid aaguid{};
    AttestationFormat format = AttestationFormat::none;
    AttestationTrust trust = AttestationTrust::unchecked;
};

/// Section 7.1. Throws Unavailable when memory ends.
Result<RegistrationFacts, WebauthnRefusal> verify_registration(const RegistrationExpectation& expected,
                                                               const RegistrationResponse& response);

/// Section 7.2. Throws Unavailable when memory ends.
Result<CeremonyFacts, WebauthnRefusal> verify_authentication(const WebauthnExpectation& expected,
                                                             const StoredCredential& credential,
                                                             const AuthenticationResponse& response);

}  // namespace sallyport::crypto
