#include "base/check.h"
#include "crypto/browser_key.h"

#include <cstddef>

/// Whatever is taken for a key verifies nothing that nobody signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const BytesView input(data, size);
    CHECK(!crypto::is_browser_key(input) || size == crypto::browser_key_bytes);
    if (size < crypto::browser_key_bytes) return 0;
    CHECK(!crypto::browser_key_verifies(input.first(crypto::browser_key_bytes), input,
                                        input.subspan(crypto::browser_key_bytes)));
    return 0;
}
