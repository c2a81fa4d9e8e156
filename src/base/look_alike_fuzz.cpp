#include "base/bytes.h"
#include "base/check.h"
#include "base/look_alike.h"
#include "base/text.h"

#include <cstddef>
#include <cstdint>

/// Any bytes; a key has a key, which is short.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string_view text = as_text({data, size});
    const std::string key = look_alike_key(text);
    CHECK(is_valid_text(key));
    if (is_valid_text(text)) (void)has_hidden_characters(text);
    CHECK(letters_apart(key, key, 2) == 0);
    return 0;
}
