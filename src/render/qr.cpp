#include "render/qr.h"

#include "base/check.h"
#include "render/escape.h"

#include <qrcodegen/qrcodegen.hpp>

namespace sallyport::render {

class SvgWriter {
public:
    static Svg made(std::string markup) { return Svg(std::move(markup)); }
};

Svg qr_code(std::string_view text, std::string_view title)
{
    CHECK(text.size() <= qr_text_bytes_max && text.find('\0') == text.npos);
    constexpr int quiet_modules = 4;
    std::string zero_ended(text);
    const auto code = qrcodegen::QrCode::encodeText(zero_ended.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
    const std::string size = std::to_string(code.getSize() + 2 * quiet_modules);
    std::string svg = "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 " +
                      size + " " + size + "\" shape-rendering=\"crispEdges\"><title>";
    escape_html(svg, title);
    svg += "</title><path fill=\"#fff\" d=\"M0 0h" + size + "v" + size + "H0z\"/><path fill=\"#000\" d=\"";
    for (int y = 0; y < code.getSize(); ++y) {
        for (int x = 0; x < code.getSize(); ++x) {
            if (!code.getModule(x, y)) continue;
            int run = 1;
            while (code.getModule(x + run, y)) ++run;  // outside of the code every module is light
            svg += "M" + std::to_string(x + quiet_modules) + " " + std::to_string(y + quiet_modules) + "h" +
                   std::to_string(run) + "v1h-" + std::to_string(run) + "z";
            x += run;
        }
    }
    svg += "\"/></svg>";
    return SvgWriter::made(std::move(svg));
}

}  // namespace sallyport::render
