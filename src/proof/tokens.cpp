#include "proof/tokens.h"

#include "crypto/hash.h"

namespace sallyport::proof {

FreshToken fresh_token(ports::Random& random)
{
    const Secret bytes = random.secret(token_bytes);
    std::string text = to_base64url(bytes.reveal());
    Secret shown = Secret::from_text(text);
    wipe_text(text);
    return {std::move(shown), crypto::token_hash(bytes)};
}

std::optional<store::TokenHash> token_hash_of(std::string_view cookie_value)
{
    auto bytes = from_base64url(cookie_value);
    if (!bytes || bytes->size() != token_bytes) return std::nullopt;
    return crypto::token_hash(Secret(std::move(*bytes)));
}

}  // namespace sallyport::proof
