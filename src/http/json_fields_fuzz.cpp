#include "base/text.h"
#include "http/forms.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const auto fields = http::parse_json_fields(as_text({data, size}));
    if (!fields) return 0;
    for (const auto& [name, value] : fields->entries()) {
        if (!is_valid_text(name) || !is_valid_text(value) || fields->get(name) != value) std::abort();
    }
    return 0;
}
