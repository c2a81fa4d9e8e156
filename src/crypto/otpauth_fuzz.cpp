#include "base/check.h"
#include "crypto/totp.h"

#include <cstddef>

namespace {

using namespace sallyport;

/// What is read can be written, and then reads the same.
void try_uri(std::string_view text)
{
    const auto key = crypto::parse_otpauth(text);
    if (!key) return;
    const Secret uri = crypto::otpauth_uri(*key);
    if (uri.size() > 2048) return;
    const auto again = crypto::parse_otpauth(uri.reveal_text());
    CHECK(again && again->issuer == key->issuer && again->account == key->account);
    CHECK(equal_constant_time(again->secret.reveal(), key->secret.reveal()));
    CHECK(again->parameters == key->parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = as_text({data, size});
    try_uri(text);
    try_uri("otpauth://totp/" + std::string(text));  // past the scheme at once
    try_uri("otpauth://totp/A:b?secret=JBSWY3DP&" + std::string(text));
    return 0;
}
