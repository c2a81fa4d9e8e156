// E-mail addresses as people and browsers send them.
#include "base/bytes.h"
#include "base/check.h"
#include "base/email.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto email = sallyport::Email::parse(sallyport::as_text({data, size}));
    if (!email) return 0;
    // What was taken is plain ASCII without a way into a header or a log line, and parses to itself.
    for (const char c : email->address()) CHECK(c > 0x20 && c < 0x7f);
    CHECK(email->address().find_first_of("<>()[]\\,;:\"") == std::string::npos);
    const auto again = sallyport::Email::parse(email->address());
    CHECK(again && *again == *email && again->address() == email->address());
    const auto by_key = sallyport::Email::parse(email->key());
    CHECK(by_key && by_key->key() == email->key());
    CHECK(sallyport::is_valid_text(email->masked()));
    return 0;
}
