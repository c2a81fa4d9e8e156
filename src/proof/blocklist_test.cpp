#include "proof/blocklist.h"

#include "base/text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace sallyport::proof {

BytesView embedded_blocklist_file() noexcept;

namespace {

TEST(Blocklist, finds_every_row_of_the_committed_sample)
{
    std::ifstream sample(SALLYPORT_SOURCE_FOLDER "/resources/password-blocklist/sample.txt");
    std::size_t rows = 0;
    for (std::string row; std::getline(sample, row); ++rows) {
        EXPECT_GE(count_code_points(row), 8U) << row;
        EXPECT_TRUE(Blocklist::embedded().contains(row)) << row;
    }
    EXPECT_GE(rows, 400U);
    EXPECT_GE(Blocklist::embedded().rows(), 1'000'000U);
}

TEST(Blocklist, finds_generated_forms)
{
    for (const char* password : {"passwordpassword",
                                 "dragon-dragon",
                                 "aaaaaaaaaaaa",
                                 "121212121212",
                                 "199019901990",
                                 "123456789012",
                                 "210987654321",
                                 "abcdefghijklmnop",
                                 "a1b2c3d4e5f6",
                                 "qwertyuiopasdfgh",
                                 "1qaz2wsx3edc",
                                 "zaq12wsxcde34rfv",
                                 "qwertzuiop123",
                                 "azertyuiop123",
                                 "йцукенгшщзхъ",
                                 "qazwsxedcrfv",
                                 "password2024!",
                                 "Summer2024!!",
                                 "Bitcoin2025!",
                                 "P@ssw0rd1234",
                                 "correct horse battery staple",
                                 "correcthorsebatterystaple",
                                 "Welcome@2024",
                                 "Password123!",
                                 "Sallyport2026!",
                                 "q1w2e3r4t5y6"}) {
        EXPECT_TRUE(Blocklist::embedded().contains(password)) << password;
    }
}

TEST(Blocklist, is_not_fooled_by_case_width_or_ligatures)
{
    EXPECT_TRUE(Blocklist::embedded().contains("PASSWORDPASSWORD"));
    EXPECT_TRUE(
        Blocklist::embedded().contains("\xef\xbd\x90\xef\xbd\x81sswordpassword"));  // full-width p and a
    EXPECT_TRUE(Blocklist::embedded().contains("o\xef\xac\x83"
                                               "ceoffice"));  // the ligature ffi
    EXPECT_TRUE(Blocklist::embedded().contains("ЙЦУКЕНГШЩЗХЪ"));
}

TEST(Blocklist, compares_whole_passwords_only)
{
    EXPECT_FALSE(Blocklist::embedded().contains("x password lies in a longer one 7"));
    EXPECT_FALSE(Blocklist::embedded().contains(" passwordpassword~k3"));
    EXPECT_FALSE(Blocklist::embedded().contains(""));
    EXPECT_FALSE(Blocklist::embedded().contains(std::string(Blocklist::password_bytes_max + 1, 'a')));
    EXPECT_FALSE(Blocklist::embedded().contains("\xff\xfe password"));
    EXPECT_FALSE(Blocklist::embedded().contains(std::string_view("password\0word", 13)));
}

TEST(Blocklist, false_hits_stay_within_two_in_a_hundred_thousand)
{
    std::mt19937_64 generator(7);
    constexpr int texts = 2'000'000;
    int hits = 0;
    std::string text(14, ' ');
    for (int i = 0; i < texts; ++i) {
        for (char& c : text) c = static_cast<char>('!' + generator() % 94);
        hits += Blocklist::embedded().contains(text) ? 1 : 0;
    }
    EXPECT_LE(hits, texts / 100'000 * 2);
    EXPECT_GE(hits, texts / 100'000)
        << "16-bit fingerprints give 0.0015 %: fewer means that rows are not looked up";
}

TEST(Blocklist, refuses_a_file_with_one_bit_changed)
{
    const BytesView file = embedded_blocklist_file();
    Bytes copy(file.begin(), file.end());
    ASSERT_TRUE(Blocklist::open(copy).has_value());
    for (const std::size_t at : {std::size_t{0}, std::size_t{8}, std::size_t{12}, std::size_t{16},
                                 std::size_t{24}, std::size_t{40}, std::size_t{64}, file.size() - 1}) {
        copy[at] ^= 1U;
        EXPECT_FALSE(Blocklist::open(copy).has_value()) << "byte " << at;
        copy[at] ^= 1U;
    }
    EXPECT_FALSE(Blocklist::open(BytesView(copy).first(63)).has_value());
    EXPECT_FALSE(Blocklist::open(BytesView(copy).first(copy.size() - 2)).has_value());
    EXPECT_FALSE(Blocklist::open({}).has_value());
}

TEST(Names, a_password_that_is_only_names_is_recognised)
{
    const std::vector<std::string> names{"alice.example", "alice", "example", "Sallyport", "Müller", "bob"};
    struct Case {
        const char* password;
        bool alike;
    };
    for (const auto& [password, alike] : {
             Case{"alice", true},
             Case{"ALICE.EXAMPLE", true},
             Case{"alice19900101!", true},
             Case{"!!Alice2024", true},
             Case{"example alice", true},
             Case{"alicealicealice", true},
             Case{"Alice@Sallyport", true},
             Case{"sallyport-example-1", true},
             Case{"MU\xcc\x88LLER1990", true},       // decomposed
             Case{"\xef\xbd\x81lice1234567", true},  // full-width a
             Case{"alice12345678901", false},        // more padding than a date and marks
             Case{"bobbobbobbob", false},            // shorter than four letters
             Case{"alicia1990", false},
             Case{"alice in wonderland", false},
             Case{"malice1990", false},
             Case{"2024!", false},
             Case{"", false},
             Case{"\xff"
                  "alice",
                  false},
         }) {
        EXPECT_EQ(is_like_name(password, names), alike) << password;
    }
    EXPECT_FALSE(is_like_name("alice", {}));
}

TEST(Names, an_address_gives_its_words)
{
    const auto address = Email::parse("Alice.example+bot99@mail.exchange.test");
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(names_in(*address),
              (std::vector<std::string>{"Alice.example+bot99", "Alice", "example", "mail", "exchange"}));
    EXPECT_TRUE(is_like_name("alice.example.bot99", names_in(*address)));
}

}  // namespace
}  // namespace sallyport::proof
