// A list of official channels, from anybody.
#include "base/check.h"
#include "crypto/test_random.h"
#include "slices/site/official_channels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    static crypto::TestRandom random;
    static const crypto::KeyRing ring = crypto::KeyRing::generate(random);
    static const crypto::JwsSigner signer(ring);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    CHECK(!site::verify_channels(text, signer.public_keys()));  // nobody else can sign
    (void)site::verify_channels(text, site::keys_of_set(text));
    return 0;
}
