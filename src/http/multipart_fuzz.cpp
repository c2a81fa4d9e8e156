// Body and boundary come from the same input: its first line is the boundary.
#include "base/text.h"
#include "http/forms.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string_view input = as_text({data, size});
    const std::size_t line = std::min(input.find('\n'), input.size());
    const std::string type = "multipart/form-data; boundary=" + std::string(input.substr(0, line));
    const std::string_view body = input.substr(std::min(line + 1, input.size()));
    const auto parsed = http::parse_multipart(type, body);
    if (!parsed) return 0;
    std::size_t bytes = 0;
    for (const auto& [name, value] : parsed->fields.entries()) {
        if (!is_valid_text(name) || !is_valid_text(value) || parsed->fields.get(name) != value) std::abort();
        bytes += name.size() + value.size();
    }
    for (const auto& file : parsed->files) {
        if (parsed->fields.has(file.field)) std::abort();
        bytes += file.content.size();
    }
    if (bytes > body.size()) std::abort();
    return 0;
}
