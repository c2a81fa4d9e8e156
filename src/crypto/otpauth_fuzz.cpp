#include "base/check.h"
#include "crypto/totp.h"

#include <cstddef>

/// What is read can be written, and then reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto key = crypto::parse_otpauth(as_text({data, size}));
    if (!key) return 0;
    const Secret uri = crypto::otpauth_uri(*key);
    if (uri.size() > 2048) return 0;
    const auto again = crypto::parse_otpauth(uri.reveal_text());
    CHECK(again && again->issuer == key->issuer && again->account == key->account);
    CHECK(equal_constant_time(again->secret.reveal(), key->secret.reveal()) &&
          again->parameters == key->parameters);
    return 0;
}
