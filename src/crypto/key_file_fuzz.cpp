#include "base/check.h"
#include "crypto/key_file.h"

#include <cstddef>

/// What is read is written so that it reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto ring = crypto::KeyRing::parse(as_text({data, size}), "keys");
    if (!ring) return 0;
    const Secret text = ring->file_text();
    const auto again = crypto::KeyRing::parse(text.reveal_text(), "keys");
    CHECK(again.has_value());
    for (const crypto::KeyName name : crypto::all_key_names) {
        CHECK(again->ids(name) == ring->ids(name) && again->current_id(name) == ring->current_id(name));
    }
    return 0;
}
