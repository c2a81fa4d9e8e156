// Numbers of messages: own vectors (computed by a second program from the header's words), what people type,
// every slip that the check must find, and the figures of issue C.
#include "crypto/message_number.h"

#include "base/check.h"
#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <unordered_set>

namespace sallyport::crypto {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The index key is the bytes 0 … 31.
KeyRing known_ring()
{
    std::string text;
    char first = 'B';
    for (const KeyName name : all_key_names) {
        const std::string called(to_text(name));
        text += called + ".1 = " + (name == KeyName::index ? 'A' : first++) +
                "AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n" + called + ".current = 1\n";
    }
    return std::move(*KeyRing::parse(text, "keys"));
}

const MessageNumbers& known_numbers()
{
    static const MessageNumbers numbers{IndexKey(known_ring())};
    return numbers;
}

/// The sixteen characters of a number alone.
std::string bare(std::string number)
{
    std::erase(number, '-');
    return number.substr(1);
}

TEST(MessageNumber, OwnVectors)
{
    const struct {
        std::int64_t serial;
        const char* recipient;
        const char* number;
    } rows[] = {{0, "ada@mail.example", "V-W19Z-WV74-AX11-6AAT"},
                {1, "ada@mail.example", "V-7A2J-8PH9-N24T-VNGC"},
                {0, "bob@mail.example", "V-W19Z-WV74-4WXN-7QMR"},
                {message_serials - 1, "+351912345678", "V-GAHC-0F8F-HAC4-GZQE"},
                {123'456'789'012, "ada@mail.example", "V-VM4R-89MR-YQR5-6Z76"}};
    for (const auto& row : rows) {
        const MessageNumber number = known_numbers().make(row.serial, row.recipient);
        EXPECT_EQ(shown(number), row.number);
        const auto read = parse_message_number(row.number);
        ASSERT_TRUE(read.has_value()) << row.number;
        EXPECT_EQ(*read, number);
        EXPECT_EQ(known_numbers().serial_of(*read), row.serial);
        EXPECT_TRUE(known_numbers().is_for(*read, row.recipient));
        EXPECT_FALSE(known_numbers().is_for(*read, "eve@mail.example"));
    }
    EXPECT_THROW((void)known_numbers().make(-1, "a@b.example"), ProgrammingError);
    EXPECT_THROW((void)known_numbers().make(message_serials, "a@b.example"), ProgrammingError);
}

TEST(MessageNumber, ReadsWhatPeopleType)
{
    const auto expected = parse_message_number("V-W19Z-WV74-AX11-6AAT");
    ASSERT_TRUE(expected.has_value());
    for (const char* const typed :
         {"W19Z-WV74-AX11-6AAT", "v-w19z-wv74-ax11-6aat", "VW19ZWV74AX116AAT", " V W19Z WV74 AX11 6AAT ",
          "V-WI9Z-WV74-AXLi-6AAT", "V-Wl9Z.WV74.AX11.6AAT", "V–W19Z–WV74–AX11–6AAT", "V-W١٩Z-WV٧٤-AX١١-٦AAT",
          "Ｖ－Ｗ１９Ｚ－ＷＶ７４－ＡＸ１１－６ＡＡＴ", "\u2066V-W19Z-WV74-AX11-6AAT\u2069"}) {
        const auto read = parse_message_number(typed);
        ASSERT_TRUE(read.has_value()) << typed;
        EXPECT_EQ(*read, *expected) << typed;
    }
    const auto zeros = parse_message_number("V-GAHC-OF8F-HAC4-GZQE");
    ASSERT_TRUE(zeros.has_value());
    EXPECT_EQ(shown(*zeros), "V-GAHC-0F8F-HAC4-GZQE");
}

TEST(MessageNumber, SaysWhatIsNone)
{
    for (const char* const wrong : {"", "V", "V-", "V-W19Z-WV74-AX11", "V-W19Z-WV74-AX11-6AATT",
                                    "V-W19Z-WV74-AX11-6AAU", "V-W19Z-WV74-AX11-6AA!", "X-W19Z-WV74-AX11-6AAT",
                                    "48213097", "V-W19Z-WV74-AX11-6AÄT", "V-W19Z/WV74/AX11/6AAT", "\xff\xfe"})
        EXPECT_EQ(parse_message_number(wrong).error(), MessageNumberProblem::malformed) << wrong;
    EXPECT_EQ(parse_message_number(std::string(100'000, 'A')).error(), MessageNumberProblem::malformed);
    for (const char* const slip : {"V-W19Z-WV74-AX11-6AAS", "V-W19Z-WV74-AX11-6AA" /* V is its first */})
        EXPECT_EQ(parse_message_number(slip).error(), MessageNumberProblem::mistyped) << slip;
}

// 100 numbers: each of 16 x 31 wrong characters, and each of 120 swaps of two different characters.
TEST(MessageNumber, TheCheckFindsEverySlipOfOneOrTwo)
{
    TestRandom random(5);
    std::int64_t wrong = 0;
    std::int64_t swaps = 0;
    for (int n = 0; n < 100; ++n) {
        const auto serial = static_cast<std::int64_t>(random.number() >> (64 - message_serial_bits));
        const std::string number = bare(shown(known_numbers().make(serial, "ada@mail.example")));
        for (std::size_t i = 0; i < number.size(); ++i) {
            for (const char other : alphabet) {
                if (other == number[i]) continue;
                std::string slip = number;
                slip[i] = other;
                ASSERT_EQ(parse_message_number(slip).error(), MessageNumberProblem::mistyped) << slip;
                ++wrong;
            }
            for (std::size_t j = i + 1; j < number.size(); ++j) {
                if (number[i] == number[j]) continue;
                std::string slip = number;
                std::swap(slip[i], slip[j]);
                ASSERT_EQ(parse_message_number(slip).error(), MessageNumberProblem::mistyped) << slip;
                ++swaps;
            }
        }
    }
    EXPECT_EQ(wrong, 100 * 16 * 31);
    EXPECT_GT(swaps, 100 * 100);
}

TEST(MessageNumber, OneInThirtyTwoOfOtherTextsPassesTheCheck)
{
    TestRandom random(6);
    constexpr int texts = 320'000;
    int passed = 0;
    for (int n = 0; n < texts; ++n) {
        std::string text;
        for (int i = 0; i < 16; ++i) text += alphabet[random.number() >> 59U];
        passed += parse_message_number(text).has_value() ? 1 : 0;
    }
    EXPECT_NEAR(passed, texts / 32, 500);  // five standard deviations
}

TEST(MessageNumber, SerialsArePermuted)
{
    std::set<std::uint64_t> printed;
    std::int64_t changed_bits = 0;
    constexpr std::int64_t some = 2000;
    for (std::int64_t serial = 0; serial < some; ++serial) {
        const MessageNumber number = known_numbers().make(serial, "ada@mail.example");
        ASSERT_LT(number.serial, static_cast<std::uint64_t>(message_serials));
        ASSERT_EQ(known_numbers().serial_of(number), serial);
        printed.insert(number.serial);
        const MessageNumber next = known_numbers().make(serial + 1, "ada@mail.example");
        changed_bits += std::popcount(number.serial ^ next.serial);
    }
    EXPECT_EQ(printed.size(), static_cast<std::size_t>(some)) << "no two serials print the same";
    // Half of 40 bits change from one to the next; four standard deviations.
    EXPECT_NEAR(static_cast<double>(changed_bits) / some, 20.0, 0.3);
}

// Issue C: 10,000 genuine numbers, all found, and none of them with another recipient.
TEST(MessageNumber, TenThousandAreGenuineForTheirRecipientOnly)
{
    TestRandom random(7);
    std::int64_t copied = 0;
    for (int n = 0; n < 10'000; ++n) {
        const auto serial = static_cast<std::int64_t>(random.number() >> (64 - message_serial_bits));
        const std::string to = "person" + std::to_string(n) + "@mail.example";
        const auto typed = parse_message_number(shown(known_numbers().make(serial, to)));
        ASSERT_TRUE(typed.has_value());
        ASSERT_EQ(known_numbers().serial_of(*typed), serial);
        ASSERT_TRUE(known_numbers().is_for(*typed, to));
        copied += known_numbers().is_for(*typed, "person" + std::to_string(n + 1) + "@mail.example") ? 1 : 0;
    }
    EXPECT_EQ(copied, 0) << "expected: 10,000 x 2^-35 = 0.0000003";
}

// Issue C: no guess in 10 million is accepted. Who guesses knows the address, the form and the check; 10,000
// messages were sent, all of them to that one address. Expected: 10^7 x 2^-35 x 10^4 / 2^40 = 2.6 x 10^-12;
// were every serial used, 2.9 x 10^-4. The serial is looked up first here, since only a used one can be
// right; each guess that hits none is refused for that alone.
TEST(MessageNumber, NoGuessOfTenMillionIsAccepted)
{
    constexpr std::int64_t guesses = 10'000'000;
    TestRandom random(8);
    std::unordered_set<std::uint64_t> used;
    while (used.size() < 10'000) {
        const auto serial = static_cast<std::int64_t>(random.number() >> (64 - message_serial_bits));
        used.insert(known_numbers().make(serial, "ada@mail.example").serial);
    }
    std::int64_t accepted = 0;
    for (std::int64_t n = 0; n < guesses; ++n) {
        const MessageNumber guess{random.number() >> (64 - message_serial_bits),
                                  random.number() >> (64 - message_mac_bits)};
        if (used.contains(guess.serial) && known_numbers().is_for(guess, "ada@mail.example")) ++accepted;
    }
    EXPECT_EQ(accepted, 0);
    // The harder case: serials that are used for certain. Expected: 10^5 x 2^-35 = 2.9 x 10^-6.
    for (const std::uint64_t serial : used)
        for (int n = 0; n < 10; ++n) {
            const MessageNumber guess{serial, random.number() >> (64 - message_mac_bits)};
            if (known_numbers().is_for(guess, "ada@mail.example")) ++accepted;
        }
    EXPECT_EQ(accepted, 0);
}

TEST(MessageNumber, AnotherKeyKnowsNone)
{
    TestRandom random(9);
    const MessageNumbers other{IndexKey(KeyRing::generate(random))};
    const MessageNumber number = known_numbers().make(7, "ada@mail.example");
    EXPECT_FALSE(other.is_for(number, "ada@mail.example"));
    EXPECT_NE(other.make(7, "ada@mail.example"), number);
}

}  // namespace
}  // namespace sallyport::crypto
