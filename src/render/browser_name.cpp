#include "render/browser_name.h"

#include "render/messages.h"

#include <algorithm>
#include <array>

namespace sallyport::render {

namespace {

// Those of access/browser_words.cpp, whose test asks for each.
constexpr std::array<std::string_view, 9> browsers{
    "Firefox", "Edge", "Opera", "Samsung Internet", "Vivaldi", "Chrome", "Safari", "Epiphany", "curl"};
constexpr std::array<std::string_view, 7> systems{"iPhone", "iPad",     "Android", "Windows",
                                                  "macOS",  "ChromeOS", "Linux"};
constexpr std::string_view between = " · ";

bool is_one_of(const auto& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool is_browser_name(std::string_view stored)
{
    if (stored == "?" || is_one_of(browsers, stored) || is_one_of(systems, stored)) return true;
    const auto at = stored.find(between);
    return at != std::string_view::npos && is_one_of(browsers, stored.substr(0, at)) &&
           is_one_of(systems, stored.substr(at + between.size()));
}

std::string browser_name(const Reader& reader, const std::string& stored)
{
    return stored == "?" ? text(reader, Msg::common_browser_unknown) : stored;
}

}  // namespace sallyport::render
