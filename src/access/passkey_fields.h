#pragma once
// WebAuthn on the wire: what a form carries of an authenticator's answer, and the options that a script asks
// for (web/scripts/passkey.ts). All bytes are base64url without padding.
#include "access/refuse.h"
#include "access/visitor.h"
#include "http/message.h"
#include "policy/passkeys.h"
#include "proof/passkeys.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::access {

inline constexpr std::string_view passkey_cookie = "passkey";  // the sealed challenge, 5 min

/// credential_id, client_data, authenticator_data, signature and user_handle; nullopt where one is missing or
/// malformed.
std::optional<proof::PasskeyAnswer> passkey_answer(const http::Fields& form);

/// credential_id, client_data, attestation and transports (parted by spaces).
std::optional<proof::PasskeyMade> passkey_made(const http::Fields& form);

/// Which credentials are allowed, or excluded where one is made.
struct PasskeyChoice {
    Bytes id;
    std::vector<std::string> transports;
};
std::vector<PasskeyChoice> choices_of(const std::vector<store::Passkey>& passkeys);

/// The options of an authentication as JSON, and where `cookie` is not empty the cookie of its challenge.
http::Response passkey_request(const Access& access, const proof::PasskeyChallenge& challenge, bool verified,
                               const std::vector<PasskeyChoice>& allowed);
/// The options of a registration. `name`: what the authenticator shows, the address. `verified`: it must
/// verify its user.
http::Response passkey_creation(const Access& access, const proof::PasskeyChallenge& challenge,
                                const AccountId& account, std::string name,
                                const std::vector<PasskeyChoice>& excluded, bool verified = false);

/// Why a passkey was not taken, in words. Not for `allowed`.
Said refusal_of(policy::passkeys::RegistrationAnswer answer);

}  // namespace sallyport::access
