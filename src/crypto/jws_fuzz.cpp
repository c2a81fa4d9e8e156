#include "base/check.h"
#include "crypto/jws.h"

#include <cstddef>

/// Nothing that the fuzzer finds is signed by a key whose seed it does not have.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    static const crypto::JwsPublicKey key{{0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe,
                                           0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
                                           0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a}};
    CHECK(!crypto::verify_jws(as_text({data, size}), {&key, 1}));
    const std::string signature(86, 'A');
    CHECK(!crypto::verify_jws(to_base64url({data, size}) + ".e30." + signature, {&key, 1}));  // as a header
    return 0;
}
