#include "base/look_alike.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

TEST(LookAlike, SeesWhatAReaderSees)
{
    const std::string ours = look_alike_key("exchange.example");
    ASSERT_FALSE(ours.empty());
    for (const char* same :
         {"EXCHANGE.EXAMPLE", "ｅｘｃｈａｎｇｅ.example", "exсhange.example" /* Cyrillic es */,
          "ехсhаngе.example" /* four Cyrillic letters */, "exchаnge.еxample", "xn--exhange-zjg.example",
          "exchange\u3002example"})
        EXPECT_EQ(look_alike_key(same), ours) << same;
    EXPECT_EQ(look_alike_key("rnail.example"), look_alike_key("mail.example"));
    EXPECT_EQ(look_alike_key("paypa1.example"), look_alike_key("paypal.example"));
    EXPECT_EQ(look_alike_key("g00d.example"), look_alike_key("good.example"));
    EXPECT_NE(look_alike_key("exchange.examp"), ours);
    EXPECT_NE(look_alike_key("exchange-login.example"), ours);
}

TEST(LookAlike, OfNonsenseThereIsNoKey)
{
    EXPECT_EQ(look_alike_key(""), "");
    EXPECT_EQ(look_alike_key("\xff\xfe"), "");
    EXPECT_EQ(look_alike_key(std::string(513, 'a')), "");
    EXPECT_FALSE(look_alike_key("xn--.example").empty());
    EXPECT_FALSE(look_alike_key("xn--99999999999.example").empty());
}

TEST(LookAlike, FindsWhatIsNotSeen)
{
    for (const char* hidden : {"exchange\u200b.example", "\u202eelpmaxe.egnahcxe", "exchange\u00ad.example",
                               "\u2066exchange.example\u2069", "a\tb",
                               "\ufeff"
                               "a",
                               "exchange\u200d.example"})
        EXPECT_TRUE(has_hidden_characters(hidden)) << hidden;
    for (const char* plain : {"", "exchange.example", "+351 21 123 4567", "بورصة", "@exchange"})
        EXPECT_FALSE(has_hidden_characters(plain)) << plain;
}

TEST(LookAlike, CountsSteps)
{
    EXPECT_EQ(letters_apart("", "", 2), 0U);
    EXPECT_EQ(letters_apart("exchange", "exchange", 2), 0U);
    EXPECT_EQ(letters_apart("exchange", "exchnage", 2), 1U);
    EXPECT_EQ(letters_apart("exchange", "xchange", 2), 1U);
    EXPECT_EQ(letters_apart("exchange", "exxchange", 2), 1U);
    EXPECT_EQ(letters_apart("exchange", "exchanga", 2), 1U);
    EXPECT_EQ(letters_apart("بورصة", "بورصه", 2), 1U) << "letters, not bytes";
    EXPECT_EQ(letters_apart("exchange", "market", 2), 3U) << "counted no further";
    EXPECT_EQ(letters_apart("abc", "abcdefgh", 2), 3U);
    EXPECT_EQ(letters_apart("abcd", "badc", 4), 2U);
}

}  // namespace
}  // namespace sallyport
