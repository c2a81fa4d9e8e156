// Text at the edge and codes as people type them.
#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = sallyport::as_text({data, size});
    const bool valid = sallyport::is_valid_text(text);
    const auto nfc = sallyport::to_nfc(text);
    CHECK(nfc.has_value() == valid);
    if (nfc) {
        CHECK(sallyport::is_valid_text(*nfc));
        CHECK(sallyport::to_nfc(*nfc) == nfc);
        CHECK(sallyport::count_code_points(*nfc) <= nfc->size());
    }
    const auto folded = sallyport::to_folded(text);
    CHECK(folded.has_value() == valid);
    if (folded) CHECK(sallyport::is_valid_text(*folded));
    const std::string_view trimmed = sallyport::trim(text);
    CHECK(trimmed.size() <= text.size() && sallyport::trim(trimmed) == trimmed);
    CHECK(sallyport::is_valid_text(trimmed) == valid || !valid);
    if (const auto digits = sallyport::typed_digits(text)) {
        for (const char c : *digits) CHECK(c >= '0' && c <= '9');
        CHECK(sallyport::typed_digits(*digits) == digits);
        CHECK(sallyport::typed_letters_and_digits(text) == digits);
    }
    if (const auto letters = sallyport::typed_letters_and_digits(text))
        for (const char c : *letters) CHECK((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    return 0;
}
