#include "crypto/password_hash.h"

#include "base/check.h"
#include "crypto/calibrate.h"
#include "crypto/hash.h"
#include "crypto/test_random.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

constexpr HashParameters cheap{.memory_kib = 256, .passes = 1};

HashInput plain(std::string_view text) { return {Secret::from_text(text)}; }

struct Known {
    const char* password;
    const char* phc;
};
// ../shared/vectors/argon2, made by hash-wasm and checked with the reference implementation.
constexpr Known known[] = {
    {"password", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E"},
    {"pässwörd ✓ 日本語",
     "$argon2id$v=19$m=47104,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$mJ2HBlOyTFQFgj47nWr+rEZpSItaIa646yJLh9LVTk0"},
    {"x", "$argon2id$v=19$m=256,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$xDjXmeK4JYaWM6gccdisH8UlI5xPl4EdcylHiihkNU4"},
};

TEST(Argon2id, AgreesWithTheReference)
{
    for (const Known& row : known) {
        const auto hash = PasswordHash::parse(row.phc);
        ASSERT_TRUE(hash.has_value()) << row.phc;
        EXPECT_EQ(hash->text(), row.phc);
        EXPECT_TRUE(argon2id_matches(plain(row.password), *hash)) << row.phc;
        EXPECT_FALSE(argon2id_matches(plain(std::string(row.password) + "x"), *hash)) << row.phc;
    }
}

TEST(Argon2id, RefusesStringsThatItCannotCompute)
{
    const std::string salt = "MDEyMzQ1Njc4OWFiY2RlZg";
    const std::string tag = "xDjXmeK4JYaWM6gccdisH8UlI5xPl4EdcylHiihkNU4";
    const std::string good = "$argon2id$v=19$m=256,t=1,p=1$" + salt + "$" + tag;
    ASSERT_TRUE(PasswordHash::parse(good).has_value());
    const std::vector<std::string> wrong{
        "",
        "$",
        "x" + good,
        good + "$",
        good + "=",
        good + " ",
        good.substr(1),
        "$argon2i$v=19$m=256,t=1,p=1$" + salt + "$" + tag,
        "$argon2d$v=19$m=256,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$m=256,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=16$m=256,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=256,t=1,p=4$" + salt + "$" + tag,             // libsodium has one lane
        "$argon2id$v=19$m=256,t=1,p=1,keyid=AAAA$" + salt + "$" + tag,  // no secret input
        "$argon2id$v=19$m=256,t=1,p=1,data=AAAA$" + salt + "$" + tag,
        "$argon2id$v=19$t=1,m=256,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=0256,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=+256,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=1048577,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=4294967552,t=1,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=256,t=0,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=256,t=65,p=1$" + salt + "$" + tag,
        "$argon2id$v=19$m=256,t=1,p=1$$" + tag,
        "$argon2id$v=19$m=256,t=1,p=1$c2FsdA$" + tag,
        "$argon2id$v=19$m=256,t=1,p=1$" + salt + "$",
        "$argon2id$v=19$m=256,t=1,p=1$" + salt,
        "$argon2id$v=19$m=256,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZh$" + tag,
        "$argon2id$v=19$m=256,t=1,p=1$" + salt + "==$" + tag,
        "$2a$05$OyLBOyLBOyLBOyLBOyLBOu7WplE2w9tn60lwLTj96RFpWa7e15RQa",
    };
    for (const std::string& phc : wrong) EXPECT_FALSE(PasswordHash::parse(phc).has_value()) << phc;
}

TEST(Argon2id, HashesAndMatches)
{
    TestRandom random;
    const std::string phc = argon2id(plain("horse"), cheap, random);
    const auto hash = PasswordHash::parse(phc);
    ASSERT_TRUE(hash.has_value()) << phc;
    EXPECT_EQ(hash->parameters, cheap);
    EXPECT_TRUE(argon2id_matches(plain("horse"), *hash));
    EXPECT_FALSE(argon2id_matches(plain("house"), *hash));
    EXPECT_NE(argon2id(plain("horse"), cheap, random), phc);
    EXPECT_THROW(argon2id(plain("horse"), {.memory_kib = 1, .passes = 1}, random), ProgrammingError);
}

TEST(Argon2id, NoBitOfTheTagMayChange)
{
    TestRandom random;
    const auto hash = PasswordHash::parse(argon2id(plain("horse"), {.memory_kib = 8, .passes = 1}, random));
    ASSERT_TRUE(hash.has_value());
    for (std::size_t bit = 0; bit < hash->tag.size() * 8; ++bit) {
        PasswordHash changed = *hash;
        changed.tag[bit / 8] = static_cast<std::uint8_t>(changed.tag[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(argon2id_matches(plain("horse"), changed)) << bit;
    }
}

TEST(Argon2id, SaysWhenToHashAgain)
{
    TestRandom random;
    const std::string phc = argon2id(plain("horse"), cheap, random);
    EXPECT_FALSE(needs_upgrade(phc, cheap));
    EXPECT_TRUE(needs_upgrade(phc, HashParameters{}));
    EXPECT_TRUE(needs_upgrade(phc, {.memory_kib = 128, .passes = 2}));
    EXPECT_TRUE(needs_upgrade("$1$old", cheap));
    EXPECT_TRUE(needs_upgrade(known[0].phc, HashParameters{}));  // its salt is short
}

TEST(Argon2id, TheDearestIsTheOneWithMoreWork)
{
    const HashParameters by_default;
    const HashParameters one_pass{.memory_kib = 47'104, .passes = 1};
    const HashParameters equal_work{.memory_kib = 38'912, .passes = 1};
    EXPECT_EQ(dearest(by_default, one_pass), one_pass);
    EXPECT_EQ(dearest(one_pass, by_default), one_pass);
    EXPECT_EQ(dearest(by_default, equal_work), equal_work);
    EXPECT_EQ(dearest(cheap, by_default), by_default);
}

TEST(Argon2id, SpendingTakesAnyAmount)
{
    for (const std::uint64_t work : {0U, 1U, 7U, 8U, 100U, 256U, 257U, 5000U}) argon2id_spend(work, 256);
    argon2id_spend(1000, 0);
}

TEST(Pepper, IsHmacOverTheNormalForm)
{
    TestRandom random;
    const KeyRing keys = KeyRing::generate(random);
    const Peppers peppers(keys);
    const HashInput composed = peppers.password(Secret::from_text("caf\xc3\xa9"), 1);
    const HashInput decomposed = peppers.password(Secret::from_text("cafe\xcc\x81"), 1);
    EXPECT_EQ(to_hex(composed.bytes.reveal()), to_hex(decomposed.bytes.reveal()));
    EXPECT_EQ(to_hex(composed.bytes.reveal()),
              to_hex(hmac_sha256(keys.current(KeyName::pepper).reveal(), as_bytes("caf\xc3\xa9"))));
    EXPECT_NE(to_hex(composed.bytes.reveal()),
              to_hex(peppers.password(Secret::from_text("cafe"), 1).bytes.reveal()));
    // Bytes that are no text, and an unknown key id, still give something of the same size to hash.
    EXPECT_EQ(peppers.password(Secret::from_text("\xff\xfe"), 1).bytes.size(), 32U);
    EXPECT_EQ(peppers.password(Secret::from_text("x"), 99).bytes.size(), 32U);
}

TEST(Calibrate, FindsParametersOnAClockOfItsOwn)
{
    // Each look at this clock moves it: 80 ms for the four hashes of a measurement.
    std::int64_t now_ms = 0;
    const auto clock = [&now_ms] { return from_unix_ms(now_ms += 80); };
    const Calibration floor = calibrate(Duration(5), 65'536, clock);
    EXPECT_EQ(floor.parameters, HashParameters{});
    EXPECT_EQ(floor.measured, Duration(20));
    const Calibration most = calibrate(Duration(60), 24'576, clock);
    EXPECT_EQ(most.parameters.memory_kib, 24'576U);
    EXPECT_GT(most.parameters.passes, 2U);
}

}  // namespace
}  // namespace sallyport::crypto
