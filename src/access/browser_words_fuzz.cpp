// User-Agent headers: no text of a stranger's comes through.
#include "access/browser_words.h"
#include "base/bytes.h"
#include "base/check.h"
#include "render/browser_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string words = sallyport::access::browser_words(sallyport::as_text({data, size}));
    CHECK(sallyport::render::is_browser_name(words));  // a closed list
    return 0;
}
