#include "base/check.h"
#include "crypto/cose_key.h"

#include <cstddef>

/// A key that is read is known, and verifies nothing that nobody signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const BytesView input(data, size);
    const auto key = crypto::CosePublicKey::parse(input);
    if (!key) return 0;
    CHECK(size <= crypto::cose_key_bytes_max && !key->material().empty());
    CHECK(crypto::cose_algorithm(static_cast<std::int64_t>(key->algorithm())) == key->algorithm());
    CHECK(!key->verifies(input, input.first(size / 2)));
    CHECK(!key->verifies(input, Bytes(64)));
    return 0;
}
