#include "render/region.h"

#include <gtest/gtest.h>

namespace sallyport::render {
namespace {

TEST(Regions, HaveTheReadersNames)
{
    EXPECT_EQ(region_name(Language::en, "PT"), "Portugal");
    EXPECT_EQ(region_name(Language::ar, "PT"), "البرتغال");
    EXPECT_EQ(region_name(Language::en, "ZZ9"), "ZZ9");
}

TEST(Regions, StandInTheLanguagesOrder)
{
    const std::vector<std::string> names{"Zambia", "Åland Islands", "Albania", "Albania"};
    EXPECT_EQ(dictionary_order(Language::en, names), (std::vector<std::size_t>{1, 2, 3, 0}));
}

}  // namespace
}  // namespace sallyport::render
