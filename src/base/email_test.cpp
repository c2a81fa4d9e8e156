#include "base/email.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport {
namespace {

TEST(Email, TakesAddressesAndNothingElse)
{
    const std::string local64(64, 'a');
    const std::string label63(63, 'b');
    struct Row {
        std::string typed;
        bool taken;
    };
    const std::vector<Row> rows{
        {"ada@mail.example", true},
        {"Ada.Lovelace+bank@Mail.Example", true},
        {"o'hara_{x}=y@m-1.example", true},
        {"a@xn--mgbh0fb.example", true},
        {local64 + "@b.example", true},
        {"a@" + label63 + ".example", true},
        {"", false},
        {"ada", false},
        {"@mail.example", false},
        {"ada@", false},
        {"ada@mail", false},
        {"ada@@mail.example", false},
        {"a b@mail.example", false},
        {".ada@mail.example", false},
        {"ada.@mail.example", false},
        {"a..da@mail.example", false},
        {"\"a b\"@mail.example", false},
        {"ada(comment)@mail.example", false},
        {"Ada <ada@mail.example>", false},
        {"ada@mail.example,eve@mail.example", false},
        {"ada@mail.example\r\nBcc: eve@mail.example", false},
        {std::string("ada\0@mail.example", 17), false},
        {"ada@[192.0.2.1]", false},
        {"ada@192.0.2.1", false},
        {"ada@-mail.example", false},
        {"ada@mail-.example", false},
        {"ada@mail..example", false},
        {"ada@mail.example.", false},
        {"ada@mail_x.example", false},
        {"\xd0\xb0"
         "da@mail.example",
         false},
        {"ada@m\xc3\xa4il.example", false},
        {local64 + "a@b.example", false},
        {"a@" + label63 + "b.example", false},
        {"a@" + label63 + "." + label63 + "." + label63 + "." + label63 + ".example", false},
        {"ada@mail.example\xc2\xa0\x80", false},
    };
    for (const Row& row : rows) EXPECT_EQ(Email::parse(row.typed).has_value(), row.taken) << row.typed;
}

TEST(Email, IsFoundUnderOneKeyAndMailedAsWritten)
{
    const auto email = Email::parse(" \t\xc2\xa0"
                                    "Ada.Lovelace+Bank@MAIL.Example\n\xe2\x80\x83");
    ASSERT_TRUE(email.has_value());
    EXPECT_EQ(email->address(), "Ada.Lovelace+Bank@mail.example");
    EXPECT_EQ(email->key(), "ada.lovelace+bank@mail.example");
    EXPECT_EQ(email->local_part(), "Ada.Lovelace+Bank");
    EXPECT_EQ(email->domain(), "mail.example");
    EXPECT_EQ(email->masked(), "A••@m••.example");
    EXPECT_TRUE(*email == *Email::parse("ADA.lovelace+bank@mail.EXAMPLE"));
    EXPECT_FALSE(*email == *Email::parse("adalovelace+bank@mail.example"))
        << "dots are the provider's business";
}

}  // namespace
}  // namespace sallyport
