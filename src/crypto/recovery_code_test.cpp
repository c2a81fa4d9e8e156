#include "crypto/recovery_code.h"

#include "base/check.h"
#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::crypto {
namespace {

RecoveryCode code(int index, const char* hex) { return {index, Secret(*from_hex(hex))}; }

TEST(RecoveryCode, Prints)
{
    EXPECT_EQ(letters_form(code(3, "00000000000000000000")).reveal_text(), "3-0000-0000-0000-0000");
    EXPECT_EQ(letters_form(code(10, "ffffffffffffffffffff")).reveal_text(), "10-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    EXPECT_EQ(digits_form(code(3, "00000000000000000001")).reveal_text(), "3-00000-00000-00000-00000-00001");
    // 2^80 - 1
    EXPECT_EQ(digits_form(code(99, "ffffffffffffffffffff")).reveal_text(),
              "99-12089-25819-61462-91747-06175");
}

TEST(RecoveryCode, BothFormsComeBack)
{
    TestRandom random;
    for (int index = 1; index <= recovery_index_max; ++index) {
        const RecoveryCode fresh = new_recovery_code(index, random);
        EXPECT_EQ(fresh.bits.size(), recovery_code_bytes);
        for (const bool letters : {true, false}) {
            const Secret printed = letters ? letters_form(fresh) : digits_form(fresh);
            std::string bare(printed.reveal_text());
            std::erase(bare, '-');
            std::string small(printed.reveal_text());
            for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
            for (const std::string& typed : {std::string(printed.reveal_text()), bare, " " + small + " "}) {
                const auto read = parse_recovery_code(typed);
                ASSERT_TRUE(read.has_value()) << typed;
                EXPECT_EQ(read->index, index);
                EXPECT_EQ(to_hex(read->bits.reveal()), to_hex(fresh.bits.reveal()));
            }
        }
    }
    EXPECT_THROW((void)new_recovery_code(0, random), ProgrammingError);
    EXPECT_THROW((void)new_recovery_code(100, random), ProgrammingError);
}

TEST(RecoveryCode, ReadsWhatPeopleType)
{
    const char* const plain = "3-ABCD-0123-JKMN-PQ11";
    const auto expected = parse_recovery_code(plain);
    ASSERT_TRUE(expected.has_value());
    for (const char* const typed :
         {"3: ABCD-0123-JKMN-PQ11", "3 abcd o123 jkmn pqil", "3.ABCD.0123.JKMN.PQ11", "3ABCDO123JKMNPQLI",
          "٣-ABCD-٠١٢٣-JKMN-PQ١١", "３－ＡＢＣＤ－０１２３－ＪＫＭＮ－ＰＱ１１", "03-ABCD-0123-JKMN-PQ11"}) {
        const auto read = parse_recovery_code(typed);
        ASSERT_TRUE(read.has_value()) << typed;
        EXPECT_EQ(read->index, 3);
        EXPECT_EQ(to_hex(read->bits.reveal()), to_hex(expected->bits.reveal())) << typed;
    }
    EXPECT_EQ(parse_recovery_code("lO-ABCD-0123-JKMN-PQ11")->index, 10);
    const auto wide = parse_recovery_code("१०-१२०८९-२५८१९-६१४६२-९१७४७-०६१७५");
    ASSERT_TRUE(wide.has_value());
    EXPECT_EQ(to_hex(wide->bits.reveal()), "ffffffffffffffffffff");
    EXPECT_EQ(wide->index, 10);
}

TEST(RecoveryCode, SaysWhenOnlyTheNumberIsMissing)
{
    EXPECT_EQ(parse_recovery_code("ABCD-0123-JKMN-PQ11").error(), RecoveryCodeProblem::number_missing);
    EXPECT_EQ(parse_recovery_code("12089-25819-61462-91747-06175").error(),
              RecoveryCodeProblem::number_missing);
    for (const char* const wrong :
         {"", "3", "3-", "ABCD", "0-ABCD-0123-JKMN-PQ11", "X-ABCD-0123-JKMN-PQ11", "100-ABCD-0123-JKMN-PQ11",
          "3-ABCD-0123-JKMN-PQ1U", "3-ABCD-0123-JKMN-PQ1!", "3-ABCD-0123-JKMN-PQ111",
          "3-12089-25819-61462-91747-06176", "3-99999-99999-99999-99999-99999",
          "3-12089-25819-61462-91747-0617X", "100-12089-25819-61462-91747-06175",
          "3-12089-25819-61462-91747"}) {
        EXPECT_EQ(parse_recovery_code(wrong).error(), RecoveryCodeProblem::malformed) << wrong;
    }
    EXPECT_EQ(parse_recovery_code(std::string(100'000, '1')).error(), RecoveryCodeProblem::malformed);
}

TEST(RecoveryCode, IsHashedWithItsAccountAndNumber)
{
    TestRandom random;
    const KeyRing keys = KeyRing::generate(random);
    const Peppers peppers(keys);
    const AccountId account(Uuid{1});
    const AccountId other(Uuid{2});
    const auto hex_of = [&](const AccountId& owner, const RecoveryCode& typed) {
        return to_hex(recovery_input(peppers, 1, owner, typed).bytes.reveal());
    };
    const RecoveryCode first = code(1, "00000000000000000001");
    EXPECT_EQ(hex_of(account, first), hex_of(account, code(1, "00000000000000000001")));
    EXPECT_NE(hex_of(account, first), hex_of(other, first));
    EXPECT_NE(hex_of(account, first), hex_of(account, code(2, "00000000000000000001")));
    EXPECT_NE(hex_of(account, first), hex_of(account, code(1, "00000000000000000002")));
}

}  // namespace
}  // namespace sallyport::crypto
