#include "access/browser_words.h"

#include <array>

namespace sallyport::access {

namespace {

struct Mark {
    std::string_view in_header;
    std::string_view words;
};

// The first that is found counts: most browsers claim to be several.
constexpr std::array browsers{
    Mark{"Firefox/", "Firefox"}, Mark{"Edg/", "Edge"},          Mark{"EdgA/", "Edge"},
    Mark{"EdgiOS/", "Edge"},     Mark{"OPR/", "Opera"},         Mark{"SamsungBrowser/", "Samsung Internet"},
    Mark{"Vivaldi/", "Vivaldi"}, Mark{"CriOS/", "Chrome"},      Mark{"FxiOS/", "Firefox"},
    Mark{"Chrome/", "Chrome"},   Mark{"Epiphany/", "Epiphany"}, Mark{"Safari/", "Safari"},
    Mark{"curl/", "curl"}};
constexpr std::array systems{Mark{"iPhone", "iPhone"},   Mark{"iPad", "iPad"},
                             Mark{"Android", "Android"}, Mark{"Windows", "Windows"},
                             Mark{"Mac OS X", "macOS"},  Mark{"CrOS", "ChromeOS"},
                             Mark{"Linux", "Linux"}};

template <class Marks>
std::string_view first_found(std::string_view header, const Marks& marks)
{
    for (const Mark& mark : marks)
        if (header.find(mark.in_header) != std::string_view::npos) return mark.words;
    return {};
}

}  // namespace

std::string browser_words(std::string_view user_agent)
{
    const std::string_view browser = first_found(user_agent, browsers);
    const std::string_view system = first_found(user_agent, systems);
    if (browser.empty() && system.empty()) return "?";
    if (browser.empty()) return std::string(system);
    if (system.empty()) return std::string(browser);
    return std::string(browser) + " · " + std::string(system);
}

}  // namespace sallyport::access
