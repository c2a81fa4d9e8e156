#pragma once
// For tests: the published WebAuthn responses, read from SALLYPORT_VECTORS (by default ../shared/vectors
// beside the source): the test vectors of level 3, and what SimpleWebAuthn's tests collected from real
// authenticators.
#include "base/bytes.h"
#include "crypto/webauthn.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::crypto {

struct WebauthnSample {
    std::string name;
    bool is_registration = false;
    Bytes challenge;
    std::vector<std::string> origins;
    std::string rp_id;
    bool cross_origin = false;
    std::vector<std::string> top_origins = {};
    Bytes raw_id = {};
    Bytes client_data_json = {};
    Bytes attestation_object = {};
    Bytes authenticator_data = {};
    Bytes signature = {};
    Bytes public_key = {};  ///< of an authentication; empty where nobody published it

    [[nodiscard]] WebauthnExpectation expectation() const
    {
        return {.challenge = challenge,
                .rp_id = rp_id,
                .origins = origins,
                .user_verification = false,
                .cross_origin = cross_origin,
                .top_origins = top_origins};
    }
    /// The bytes that are signed or sign: "client_data", "authenticator_data", "signature" and "public_key",
    /// where the response has them, also inside its attestation object. To be changed in place.
    [[nodiscard]] std::span<std::uint8_t> part(std::string_view wanted);
    /// "none" and so on, of a registration.
    [[nodiscard]] std::string format() const;
    /// Which check refuses it; nullopt where none does. Certificates are verified at `now`.
    [[nodiscard]] std::optional<WebauthnRefusal> refusal(AttestationUse use = AttestationUse::verified,
                                                         std::span<const Bytes> anchors = {},
                                                         Instant now = from_unix_ms(1735689600000)) const;
};

std::filesystem::path published_vectors();

/// 30 of them, each registration before its authentication.
std::vector<WebauthnSample> w3c_samples();
/// 29 registrations and 6 authentications, named "file name" as in the table of
/// src/crypto/webauthn_vectors_test.cpp.
std::vector<WebauthnSample> simplewebauthn_samples();
/// A certificate of the folder "webauthn", in DER.
std::vector<Bytes> published_certificates(const std::string& file);

inline constexpr CoseAlgorithm every_algorithm[] = {CoseAlgorithm::es256, CoseAlgorithm::eddsa,
                                                    CoseAlgorithm::es384, CoseAlgorithm::es512,
                                                    CoseAlgorithm::ed448, CoseAlgorithm::rs256};

}  // namespace sallyport::crypto
