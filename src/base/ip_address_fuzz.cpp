// Addresses as proxies write them.
#include "base/check.h"
#include "base/ip_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto address = sallyport::IpAddress::parse(sallyport::as_text({data, size}));
    if (!address) return 0;
    CHECK(sallyport::IpAddress::parse(address->text()) == address);
    CHECK(address->bytes().size() == (address->is_v4() ? 4U : 16U));
    CHECK(address->network().ends_with("/64") == !address->is_v4());
    return 0;
}
