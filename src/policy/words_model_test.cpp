#include <gtest/gtest.h>

#include <vector>

#include "policy/words.h"

namespace sallyport::policy::words {
namespace {

TEST(WordsModel, EveryFactAndEveryCount)
{
    int accepted = 0;
    for (const std::int64_t characters : {0, 1, 5, 6, 7, 31, 32, 33, 1000})
        for (const std::int64_t letters : {0, 2, 3, 4, 32})
            for (const std::int64_t digits : {0, 3, 4, 5, 6})
                for (unsigned bits = 0; bits < 64; ++bits) {
                    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                    const Facts facts{characters, letters, digits, bit(0), bit(1),
                                      bit(2),     bit(3),  bit(4), bit(5)};
                    // The reasons, in the order in which a person should hear them.
                    std::vector<Refusal> reasons;
                    if (!facts.well_formed) reasons.push_back(Refusal::malformed);
                    if (characters > 32) reasons.push_back(Refusal::too_long);
                    if (characters < 6) reasons.push_back(Refusal::too_short);
                    if (digits > 4) reasons.push_back(Refusal::too_many_digits);
                    if (letters < 3) reasons.push_back(Refusal::too_few_letters);
                    if (facts.has_brand) reasons.push_back(Refusal::brand);
                    if (facts.has_address_part) reasons.push_back(Refusal::address_part);
                    if (facts.is_common) reasons.push_back(Refusal::common);
                    if (facts.is_current) reasons.push_back(Refusal::is_current);
                    if (facts.is_password) reasons.push_back(Refusal::is_password);
                    const auto refusal = judge(facts, Limits{});
                    ASSERT_EQ(refusal.has_value(), !reasons.empty());
                    if (refusal)
                        ASSERT_EQ(*refusal, reasons.front());
                    else
                        ++accepted;
                }
    EXPECT_EQ(accepted, 4 * 3 * 3) << "one of 64 answers, at each count that is allowed";
}

TEST(WordsModel, FactsNeverFilledInRefuse)
{
    EXPECT_EQ(judge({}, {}), Refusal::too_short);
    EXPECT_EQ(judge({.characters = 6}, {}), Refusal::too_few_letters);
    EXPECT_EQ(judge({.characters = 6, .letters = 3}, {}), std::nullopt);
}

TEST(WordsModel, NoCodeFits)
{
    const Limits limits;
    EXPECT_EQ(limits.characters_min, 6);
    EXPECT_EQ(limits.characters_max, 32);
    EXPECT_EQ(limits.letters_min, 3);
    EXPECT_EQ(limits.digits_max, 4);
    EXPECT_EQ(judge({.characters = 10, .letters = 3, .digits = 6}, limits), Refusal::too_many_digits);
}

}  // namespace
}  // namespace sallyport::policy::words
