#include "base/check.h"
#include "base/text.h"
#include "crypto/webauthn_client_data.h"

#include <cstddef>

/// What is read is text, and only the right challenge and origin pass.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    static const Bytes challenge = to_bytes("0123456789abcdef");
    static const std::vector<std::string> origins{"https://example.org"};
    const auto client = crypto::read_client_data({data, size});
    if (!client) return 0;
    for (const std::string* const text : {&client->type, &client->challenge, &client->origin})
        CHECK(is_valid_text(*text));
    const auto refusal = crypto::check_client_data(
        *client, crypto::type_get, {.challenge = challenge, .rp_id = "example.org", .origins = origins});
    if (!refusal) {
        CHECK(client->challenge == to_base64url(challenge) && client->origin == origins.front());
        CHECK(client->type == crypto::type_get && !client->cross_origin && !client->top_origin);
    }
    return 0;
}
