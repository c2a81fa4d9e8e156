#include "base/text.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport {
namespace {

TEST(Text, IsWellFormedUtf8WithoutNul)
{
    for (const std::string good :
         {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\x91", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_valid_text(good)) << good;
    for (const std::string& bad :
         {std::string(1, '\0'), std::string("a\0b", 3), std::string("\x80"), std::string("\xc3"),
          std::string("\xc0\xaf"), std::string("\xe0\x80\xaf"), std::string("\xed\xa0\x80"),
          std::string("\xf4\x90\x80\x80"), std::string("\xff")}) {
        EXPECT_FALSE(is_valid_text(bad));
        EXPECT_FALSE(to_nfc(bad).has_value());
        EXPECT_FALSE(to_folded(bad).has_value());
        EXPECT_FALSE(typed_digits("12" + bad).has_value());
    }
}

TEST(Text, HasOneFormForWhatPeopleSee)
{
    EXPECT_EQ(to_nfc("cafe\xcc\x81"), "caf\xc3\xa9");
    EXPECT_EQ(count_code_points(*to_nfc("cafe\xcc\x81")), 4U);
    EXPECT_EQ(to_folded("\xef\xbc\xa1\xef\xbc\xa4\xef\xbc\xa1 Stra\xc3\x9f"
                        "e"),
              "ada strasse");
    EXPECT_EQ(count_code_points("\xf0\x9f\x94\x91\xd8\xb3"), 2U);
    // The longest growth of one character: U+FDFA under NFKC.
    EXPECT_EQ(count_code_points(*to_folded("\xef\xb7\xba")), 18U);
}

TEST(Text, CodesAreTheirDigitsInAnyScript)
{
    const std::vector<std::pair<std::string, std::string>> rows{
        {"123456", "123456"},
        {" 123 456 ", "123456"},
        {"123-456", "123456"},
        {"123\xe2\x80\x93"
         "456",
         "123456"},
        {"123\xc2\xa0"
         "456",
         "123456"},
        {"123.456", "123456"},
        {"123\n456", "123456"},
        {"\xe2\x80\x8e"
         "123456\xe2\x80\x8f",
         "123456"},
        {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96", "123456"},
        {"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6", "123456"},
        {"\xdb\xb1\xdb\xb2\xdb\xb3\xdb\xb4\xdb\xb5\xdb\xb6", "123456"},
        {"\xe0\xa5\xa7\xe0\xa5\xa8\xe0\xa5\xa9", "123"},
        {"", ""},
    };
    for (const auto& [typed, digits] : rows) EXPECT_EQ(typed_digits(typed), digits) << typed;
    for (const std::string typed : {"12345a", "123,456", "+123", "\xc2\xb2", "\xe2\x91\xa0"})
        EXPECT_FALSE(typed_digits(typed).has_value()) << typed;
    EXPECT_TRUE(typed_digits(std::string(128, '1')).has_value());
    EXPECT_FALSE(typed_digits(std::string(129, '1')).has_value());
    EXPECT_EQ(typed_letters_and_digits("3-abcd \xef\xbc\xa1\xef\xbd\x82"), "3ABCDAB");
    EXPECT_FALSE(typed_letters_and_digits("3-\xc3\xa9").has_value());
}

TEST(Text, SpaceIsTrimmedOffBothEndsOnly)
{
    EXPECT_EQ(trim(" \t\r\n a b \xc2\xa0\xe3\x80\x80\xe2\x80\x83"), "a b");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim(" \xc2\xa0 "), "");
    EXPECT_EQ(trim("a\xc2\xa0\x80"), "a\xc2\xa0\x80") << "what is no text is not thrown away";
    EXPECT_EQ(trim("\x80"), "\x80");
}

}  // namespace
}  // namespace sallyport
