#pragma once
// 256-bit secrets that live in cookies: the person's browser has the secret, the database its SHA-256.
#include "base/secret.h"
#include "ports/random.h"
#include "store/sessions.h"

#include <optional>
#include <string_view>

namespace sallyport::proof {

inline constexpr std::size_t token_bytes = 32;

struct FreshToken {
    Secret text;  // base64url, 43 characters: the cookie's value
    store::TokenHash hash;
};
FreshToken fresh_token(ports::Random& random);

/// The hash of a cookie's value; nullopt where it is not 256 bits in base64url.
std::optional<store::TokenHash> token_hash_of(std::string_view cookie_value);

}  // namespace sallyport::proof
