#include "base/check.h"
#include "crypto/cbor_reader.h"

#include <cstddef>

/// Items stay within the input, and what one holds reads as one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto item = crypto::read_cbor_front({data, size});
    if (!item) return 0;
    CHECK(item->encoded.data() == data && item->encoded.size() <= size);
    CHECK(crypto::read_cbor(item->encoded).has_value());
    CHECK(item->parts.size() <= 2 * crypto::cbor_items_max);
    for (const BytesView part : item->parts) CHECK(crypto::read_cbor(part).has_value());
    return 0;
}
