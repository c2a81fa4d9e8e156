#include "base/check.h"
#include "crypto/message_number.h"

#include <cstddef>

/// What is read prints in one form, which reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto number = crypto::parse_message_number(as_text({data, size}));
    if (!number) return 0;
    CHECK(number->serial < static_cast<std::uint64_t>(crypto::message_serials));
    CHECK(number->mac >> crypto::message_mac_bits == 0);
    const std::string printed = crypto::shown(*number);
    CHECK(printed.size() == 21);
    const auto again = crypto::parse_message_number(printed);
    CHECK(again && *again == *number);
    return 0;
}
