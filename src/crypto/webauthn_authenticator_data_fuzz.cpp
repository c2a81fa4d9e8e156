#include "base/check.h"
#include "crypto/webauthn_authenticator_data.h"

#include <cstddef>

/// Views stay within the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto parsed = crypto::read_authenticator_data({data, size});
    if (!parsed) return 0;
    CHECK(size <= crypto::authenticator_data_bytes_max && parsed->rp_id_hash.size() == 32);
    if (parsed->credential) {
        const auto& credential = *parsed->credential;
        CHECK(!credential.id.empty() && credential.id.size() <= crypto::credential_id_bytes_max);
        CHECK(credential.id.data() + credential.id.size() == credential.public_key.data());
        CHECK(credential.public_key.data() + credential.public_key.size() <= data + size);
    }
    return 0;
}
