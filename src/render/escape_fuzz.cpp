// Whatever the value: it cannot leave its place.
#include "render/escape.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool condition)
{
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport::render;
    const std::string_view value(reinterpret_cast<const char*>(data), size);
    std::string out;
    escape_html(out, value);
    require(out.find_first_of("<>\"'") == std::string::npos && out.find('\0') == std::string::npos);
    out.clear();
    escape_url_part(out, value);
    require(!out.empty() && out != "." && out != ".." &&
            out.find_first_of("/\\?#&=\"'<> :") == std::string::npos);
    out.clear();
    escape_url(out, "id.example", value);
    require(out == blocked_url || out.starts_with("https://id.example") ||
            (out[0] == '/' && !out.starts_with("//")));
    require(out.find_first_of("<>\"' \t\r\n\\") == std::string::npos);
    out.clear();
    escape_outside_url(out, value);
    require(out.find_first_of("<>\"' \t\r\n\\") == std::string::npos && !out.starts_with("javascript:") &&
            !out.starts_with("data:"));
    out.clear();
    escape_plain(out, value);
    require(out.find_first_of("\r\n\t") == std::string::npos && out.find('\0') == std::string::npos);
    out.clear();
    escape_json(out, value);
    require(out.find_first_of("<>&\n\r") == std::string::npos);
    return 0;
}
