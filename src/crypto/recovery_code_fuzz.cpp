#include "base/check.h"
#include "crypto/recovery_code.h"

#include <cstddef>

/// What is read prints in both forms, and each reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto code = crypto::parse_recovery_code(as_text({data, size}));
    if (!code) return 0;
    const Secret letters = crypto::letters_form(*code);
    const Secret digits = crypto::digits_form(*code);
    for (const Secret* const printed : {&letters, &digits}) {
        const auto again = crypto::parse_recovery_code(printed->reveal_text());
        CHECK(again && again->index == code->index &&
              equal_constant_time(again->bits.reveal(), code->bits.reveal()));
    }
    return 0;
}
