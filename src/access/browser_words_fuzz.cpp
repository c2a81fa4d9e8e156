// User-Agent headers: no text of a stranger's comes through.
#include "access/browser_words.h"
#include "base/bytes.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string words = sallyport::access::browser_words(sallyport::as_text({data, size}));
    constexpr std::size_t longest = 32;
    CHECK(!words.empty() && words.size() <= longest);
    for (const char c : words) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '?';
        CHECK(letter || c == '\xc2' || c == '\xb7');  // the middle dot
    }
    return 0;
}
