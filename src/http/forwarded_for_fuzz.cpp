#include "base/bytes.h"
#include "http/client_address.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    using namespace sallyport::http;
    static const std::vector<Network> proxies{*Network::parse("10.0.0.0/8"), *Network::parse("::1")};
    const std::vector<std::pair<std::string, std::string>> headers{
        {"x-forwarded-for", std::string(as_text({data, size}))}, {"x-forwarded-for", "192.0.2.1, 10.0.0.2"}};
    const auto stranger = *IpAddress::parse("198.51.100.1");
    if (client_address(stranger, proxies, headers) != stranger) std::abort();
    // The proxy's own word stands rightmost: nothing to its left may matter.
    if (client_address(*IpAddress::parse("10.0.0.1"), proxies, headers).text() != "192.0.2.1") std::abort();
    const std::vector<std::pair<std::string, std::string>> alone{headers.front()};
    static_cast<void>(client_address(*IpAddress::parse("10.0.0.1"), proxies, alone));
    return 0;
}
