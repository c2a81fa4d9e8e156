#include "base/bytes.h"
#include "http/accept.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string accept(as_text({data, size}));
    // Asking for pages as well, at full quality, never leads to JSON.
    if (http::prefers_json(accept + ",text/html")) std::abort();
    static_cast<void>(http::prefers_json(accept));
    return 0;
}
