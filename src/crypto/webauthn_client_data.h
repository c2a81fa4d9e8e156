#pragma once
// Collected client data (WebAuthn level 3, section 5.8.1) and the checks of 7.1 steps 7 to 11, 7.2 steps 10
// to 14.
#include "base/result.h"
#include "crypto/webauthn.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::crypto {

inline constexpr std::string_view type_create = "webauthn.create";
inline constexpr std::string_view type_get = "webauthn.get";

struct ClientData {
    std::string type;
    std::string challenge;  ///< base64url
    std::string origin;
    bool cross_origin = false;
    std::optional<std::string> top_origin;
};

/// Other members may be there and are left out.
Result<ClientData, WebauthnRefusal> read_client_data(BytesView json);

/// Nothing, or the first check that it fails. The challenge is compared in the same time for every content.
std::optional<WebauthnRefusal> check_client_data(const ClientData& data, std::string_view type,
                                                 const WebauthnExpectation& expected);

}  // namespace sallyport::crypto
