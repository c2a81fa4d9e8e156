#pragma once
// A QR code (ISO/IEC 18004) as inline SVG: no picture to load, no library in the browser, no secret in a URL.
#include "render/svg.h"

#include <string_view>

namespace sallyport::render {

inline constexpr std::size_t qr_text_bytes_max = 1000;

/// Error correction M, quiet zone of four modules (section 5.3.8), black on white in every theme. `title`
/// names it for those who do not see it. ProgrammingError where `text` is longer than qr_text_bytes_max.
Svg qr_code(std::string_view text, std::string_view title);

}  // namespace sallyport::render
