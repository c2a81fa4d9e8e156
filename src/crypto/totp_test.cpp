#include "crypto/totp.h"

#include "base/check.h"
#include "crypto/test_random.h"
#include "support/child.h"

#include <gtest/gtest.h>

#include <memory>

namespace sallyport::crypto {
namespace {

const char* const ascii_20 = "12345678901234567890";
const char* const ascii_32 = "12345678901234567890123456789012";
const char* const ascii_64 = "1234567890123456789012345678901234567890123456789012345678901234";

TEST(Totp, Rfc4226AppendixD)
{
    const Secret secret = Secret::from_text(ascii_20);
    const char* const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                 "254676", "287922", "162583", "399871", "520489"};
    for (std::int64_t counter = 0; counter < 10; ++counter)
        EXPECT_EQ(code_at_step(secret, counter), codes[counter]);
}

struct Row {
    std::int64_t seconds;
    const char *sha1, *sha256, *sha512;
};

TEST(Totp, Rfc6238AppendixB)
{
    const Row rows[] = {
        {59, "94287082", "46119246", "90693936"},
        {1'111'111'109, "07081804", "68084774", "25091201"},
        {1'111'111'111, "14050471", "67062674", "99943326"},
        {1'234'567'890, "89005924", "91819424", "93441116"},
        {2'000'000'000, "69279037", "90698825", "38618901"},
        {20'000'000'000, "65353130", "77737706", "47863826"},
    };
    for (const Row& row : rows) {
        const std::int64_t step = step_of(from_unix_ms(row.seconds * 1000));
        EXPECT_EQ(code_at_step(Secret::from_text(ascii_20), step, {HashFunction::sha1, 8, 30}), row.sha1);
        EXPECT_EQ(code_at_step(Secret::from_text(ascii_32), step, {HashFunction::sha256, 8, 30}), row.sha256);
        EXPECT_EQ(code_at_step(Secret::from_text(ascii_64), step, {HashFunction::sha512, 8, 30}), row.sha512);
    }
}

TEST(Totp, StepsBeginOnTheSecond)
{
    EXPECT_EQ(step_of(from_unix_ms(0)), 0);
    EXPECT_EQ(step_of(from_unix_ms(29'999)), 0);
    EXPECT_EQ(step_of(from_unix_ms(30'000)), 1);
    EXPECT_EQ(step_of(from_unix_ms(-1)), -1);
    EXPECT_EQ(step_of(from_unix_ms(-30'000)), -1);
    EXPECT_EQ(step_of(from_unix_ms(-30'001)), -2);
    EXPECT_EQ(step_of(from_unix_ms(60'000), {HashFunction::sha1, 6, 60}), 1);
    EXPECT_THROW((void)code_at_step(Secret::from_text(ascii_20), -1), ProgrammingError);
}

TEST(Totp, FindsTheStepsOfACode)
{
    const Secret secret = Secret::from_text(ascii_20);
    EXPECT_EQ(matching_steps(secret, "969429", 0, 9), std::vector<std::int64_t>{3});
    EXPECT_EQ(matching_steps(secret, "969429", 3, 3), std::vector<std::int64_t>{3});
    EXPECT_TRUE(matching_steps(secret, "969429", 4, 9).empty());
    EXPECT_TRUE(matching_steps(secret, "969429", 0, 2).empty());
    EXPECT_EQ(matching_steps(secret, "755224", -10, 1), std::vector<std::int64_t>{0});
    for (const char* const wrong : {"", "9", "96942", "9694290", "969428", " 969429"}) {
        EXPECT_TRUE(matching_steps(secret, wrong, 0, 9).empty()) << wrong;
    }
    EXPECT_THROW((void)matching_steps(secret, "969429", 0, totp_search_steps_max), ProgrammingError);
}

TEST(Totp, AgreesWithOathtoolOnTenThousandPairs)
{
    constexpr std::int64_t per_secret = 50;
    TestRandom random{20'261'122};
    int agreed = 0;
    for (int i = 0; i < 200; ++i) {
        const Secret secret = new_totp_secret(random);
        const auto from = static_cast<std::int64_t>(random.number() % 8'000'000'000);
        test::Child oathtool({"oathtool", "--totp=SHA1", "--base32", "-w", std::to_string(per_secret - 1),
                              "-N", "@" + std::to_string(from), to_base32(secret.reveal())});
        const std::int64_t first = step_of(from_unix_ms(from * 1000));
        for (std::int64_t n = 0; n < per_secret; ++n) {
            ASSERT_EQ(code_at_step(secret, first + n), oathtool.read_line())
                << from << " + " << n << " steps";
            ++agreed;
        }
        ASSERT_EQ(oathtool.wait(), 0);
    }
    EXPECT_EQ(agreed, 10'000);
}

TEST(OtpAuthUri, IsWhatAppsRead)
{
    OtpAuth key;
    key.issuer = "ACME Co";
    key.account = "john.doe@email.com";
    key.secret = Secret(*from_base32("HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"));
    const Secret uri = otpauth_uri(key);
    EXPECT_EQ(uri.reveal_text(),
              "otpauth://totp/ACME%20Co:john.doe%40email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"
              "&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30");
    key.issuer = "a:b";
    EXPECT_THROW((void)otpauth_uri(key), ProgrammingError);
}

TEST(OtpAuthUri, ComesBackAsItWas)
{
    TestRandom random;
    for (const char* const issuer : {"", "Example", "بورصة", "A&B=C?D#E/F%G+H"}) {
        OtpAuth key{
            issuer, "someone+tag@example.org", new_totp_secret(random), {HashFunction::sha512, 8, 60}};
        const auto back = parse_otpauth(otpauth_uri(key).reveal_text());
        ASSERT_TRUE(back.has_value()) << issuer;
        EXPECT_EQ(back->issuer, issuer);
        EXPECT_EQ(back->account, "someone+tag@example.org");
        EXPECT_EQ(to_hex(back->secret.reveal()), to_hex(key.secret.reveal()));
        EXPECT_EQ(back->parameters, key.parameters);
    }
}

TEST(OtpAuthUri, ReadsOtherPeoplesForms)
{
    const auto key =
        parse_otpauth("otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example");
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(key->issuer, "Example");
    EXPECT_EQ(key->account, "alice@google.com");
    EXPECT_EQ(to_hex(key->secret.reveal()), "48656c6c6f21deadbeef");
    EXPECT_EQ(key->parameters, TotpParameters{});
    EXPECT_TRUE(parse_otpauth("OTPAUTH://TOTP/Ex%3A%20al?secret=jbswy3dp&image=x&algorithm=sha256&digits=8")
                    .has_value());
    EXPECT_EQ(parse_otpauth("otpauth://totp/Ex%3A%20al?secret=JBSWY3DP")->account, "al");
}

TEST(OtpAuthUri, RefusesTheRest)
{
    for (const char* const uri : {"",
                                  "otpauth://totp/",
                                  "otpauth://totp/a",
                                  "otpauth://totp/a?",
                                  "otpauth://totp/?secret=JBSWY3DP",
                                  "otpauth://hotp/a?secret=JBSWY3DP&counter=1",
                                  "https://totp/a?secret=JBSWY3DP",
                                  "otpauth://totp/a?secret=",
                                  "otpauth://totp/a?secret=1",
                                  "otpauth://totp/a?secret=JBSWY3DP&secret=JBSWY3DP",
                                  "otpauth://totp/A:a?secret=JBSWY3DP&issuer=B",
                                  "otpauth://totp/a?secret=JBSWY3DP&digits=5",
                                  "otpauth://totp/a?secret=JBSWY3DP&digits=9",
                                  "otpauth://totp/a?secret=JBSWY3DP&digits=6x",
                                  "otpauth://totp/a?secret=JBSWY3DP&period=0",
                                  "otpauth://totp/a?secret=JBSWY3DP&period=-1",
                                  "otpauth://totp/a?secret=JBSWY3DP&algorithm=MD5",
                                  "otpauth://totp/a%zz?secret=JBSWY3DP",
                                  "otpauth://totp/a%4?secret=JBSWY3DP",
                                  "otpauth://totp/a%ff?secret=JBSWY3DP",
                                  "otpauth://totp/a%00?secret=JBSWY3DP",
                                  "otpauth://totp/a:b:c?secret=JBSWY3DP",
                                  "otpauth://totp/a?secret"}) {
        EXPECT_FALSE(parse_otpauth(uri).has_value()) << uri;
    }
    EXPECT_FALSE(parse_otpauth("otpauth://totp/a?secret=JBSWY3DP&x=" + std::string(2048, 'x')).has_value());
}

TEST(KeyText, HasGroupsOfFour)
{
    EXPECT_EQ(key_text(Secret(*from_base32("HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ"))).reveal_text(),
              "HXDM VJEC JJWS RB3H WIZR 4IFU GFTM XBOZ");
    EXPECT_EQ(key_text(Secret(Bytes{0})).reveal_text(), "AA");
    EXPECT_EQ(new_totp_secret(*std::make_unique<TestRandom>()).size(), 20U);
}

}  // namespace
}  // namespace sallyport::crypto
