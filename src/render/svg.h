#pragma once
#include <string>

namespace sallyport::render {

/// Markup that goes to the page as it is. Only qr.cpp makes one.
class Svg {
public:
    Svg() = default;
    [[nodiscard]] const std::string& markup() const noexcept { return m_markup; }
    [[nodiscard]] bool empty() const noexcept { return m_markup.empty(); }

private:
    friend class SvgWriter;
    explicit Svg(std::string markup) : m_markup(std::move(markup)) {}
    std::string m_markup;
};

}  // namespace sallyport::render
