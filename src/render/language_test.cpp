#include "render/language.h"

#include <gtest/gtest.h>

namespace sallyport::render {
namespace {

TEST(Language, CookieFirstThenHeader)
{
    struct Case {
        std::optional<std::string_view> cookie;
        std::string_view header;
        Language wanted;
    };
    const Case cases[] = {
        {std::nullopt, "", Language::en},
        {std::nullopt, "ar", Language::ar},
        {std::nullopt, "ar-EG, en;q=0.9", Language::ar},
        {std::nullopt, "de-DE, fr;q=0.9, AR;q=0.2", Language::ar},
        {std::nullopt, "en;q=0.5, ar;q=0.7", Language::ar},
        {std::nullopt, "en, ar", Language::en},
        {std::nullopt, "ar;q=0", Language::en},
        {std::nullopt, "ar;q=0.000", Language::en},
        {std::nullopt, "ar;q=x, en", Language::en},
        {std::nullopt, "ar ; q=0.5", Language::ar},
        {std::nullopt, "ar;q=2", Language::ar},
        {std::nullopt, ",,;;,ar;q=", Language::en},
        {std::nullopt, "arx", Language::en},
        {std::nullopt, "*", Language::en},
        {std::nullopt, "en-XA", Language::en},
        {"ar", "en", Language::ar},
        {"EN", "ar", Language::en},
        {"en-XA", "ar", Language::en_xa},
        {"ar-XB", "", Language::ar_xb},
        {"tlh", "ar", Language::ar},
    };
    for (const Case& c : cases) EXPECT_EQ(choose_language(c.cookie, c.header), c.wanted) << c.header;
}

TEST(Language, NamesAndDirections)
{
    for (std::size_t i = 0; i < language_count; ++i) {
        const auto language = static_cast<Language>(i);
        EXPECT_EQ(language_of(tag(language)), language);
    }
    EXPECT_EQ(direction(Language::ar), "rtl");
    EXPECT_EQ(direction(Language::ar_xb), "rtl");
    EXPECT_EQ(direction(Language::en_xa), "ltr");
}

}  // namespace
}  // namespace sallyport::render
