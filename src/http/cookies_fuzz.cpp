#include "base/bytes.h"
#include "http/cookies.h"
#include "http/message.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    http::Request request;
    request.headers.emplace_back("cookie", as_text({data, size}));
    const auto value = request.cookie("session");
    if (value && (value->empty() || !http::is_cookie_value(*value))) std::abort();
    request.headers.emplace_back("cookie", "__Host-session=x");
    if (value && request.cookie("session")) std::abort();  // sent twice
    return 0;
}
