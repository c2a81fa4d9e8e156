#include "base/check.h"
#include "crypto/password_hash.h"

#include <cstddef>

/// A PHC string has one spelling.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string_view text = as_text({data, size});
    const auto hash = crypto::PasswordHash::parse(text);
    CHECK(!hash || hash->text() == text);
    return 0;
}
