// Any bytes and any region: no crash, and what is taken is a fixed point.
#include "base/phone_number.h"

#include "base/check.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using sallyport::PhoneNumber;
    if (size < 2) return 0;
    const auto& regions = sallyport::phone_regions();
    const auto region = regions[(std::size_t{data[0]} * 256 + data[1]) % regions.size()].region;
    const std::string typed(data + 2, data + size);
    const auto number = PhoneNumber::parse(typed, region);
    if (!number) return 0;
    const auto again = PhoneNumber::from_e164(number->e164());
    CHECK(again && again->e164() == number->e164() && again->region() == number->region());
    CHECK(again->kind() == number->kind() && number->e164().size() <= 1 + 3 + 17);
    CHECK(!number->masked().empty());
    return 0;
}
