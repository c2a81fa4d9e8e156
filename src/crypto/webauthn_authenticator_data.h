#pragma once
// Authenticator data (WebAuthn level 3, section 6.1) and the checks of 7.1 steps 14 to 18, 7.2 steps 15
// to 19.
#include "base/result.h"
#include "crypto/cbor_reader.h"
#include "crypto/webauthn.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::crypto {

/// Section 6.5.1. Views into the authenticator data.
struct AttestedCredential {
    Aaguid aaguid{};
    BytesView id;
    BytesView public_key;  ///< one canonical item; CosePublicKey reads it
};

struct AuthenticatorData {
    BytesView rp_id_hash;  ///< 32 bytes
    bool user_present = false;
    bool user_verified = false;
    bool backup_eligible = false;
    bool backed_up = false;
    std::uint32_t counter = 0;
    std::optional<AttestedCredential> credential;
    std::vector<std::string> extensions;  ///< names, in their order
};

Result<AuthenticatorData, WebauthnRefusal> read_authenticator_data(BytesView bytes);

/// Nothing, or the first check that it fails.
std::optional<WebauthnRefusal> check_authenticator_data(const AuthenticatorData& data,
                                                        const WebauthnExpectation& expected);

}  // namespace sallyport::crypto
