#include <gtest/gtest.h>

#include <vector>

#include "policy/passwords.h"

namespace sallyport::policy::passwords {
namespace {

TEST(PasswordsModel, EveryFactAndEveryLength)
{
    const Limits limits;
    const std::vector<std::int64_t> lengths{0, 1, 7, 8, 11, 12, 14, 15, 16, 255, 256, 257, 100'000};
    int accepted = 0;
    for (const std::int64_t length : lengths)
        for (const bool second : {false, true})
            for (unsigned bits = 0; bits < 128; ++bits) {
                const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                const Facts facts{length, bit(0), second, bit(1), bit(2), bit(3), bit(4), bit(5), bit(6)};
                // The reasons, in the order in which a person should hear them.
                std::vector<Refusal> reasons;
                if (!facts.well_formed) reasons.push_back(Refusal::malformed);
                if (length > 256) reasons.push_back(Refusal::too_long);
                if (length < (second ? 12 : 15)) reasons.push_back(Refusal::too_short);
                if (facts.is_own_name) reasons.push_back(Refusal::own_name);
                if (facts.is_operator_name) reasons.push_back(Refusal::operator_name);
                if (facts.in_blocklist) reasons.push_back(Refusal::blocklisted);
                if (facts.matches_current) reasons.push_back(Refusal::is_current);
                if (facts.matches_old) reasons.push_back(Refusal::is_old);
                if (facts.in_breach_range) reasons.push_back(Refusal::breached);
                const auto refusal = judge(facts, limits);
                ASSERT_EQ(refusal.has_value(), !reasons.empty());
                if (refusal)
                    ASSERT_EQ(*refusal, reasons.front());
                else
                    ++accepted;
            }
    EXPECT_EQ(accepted, 4 + 6) << "one of 128 answers, at each length that is allowed";
}

TEST(Passwords, FactsNeverFilledInRefuse)
{
    EXPECT_EQ(judge({}, {}), Refusal::too_short);
    EXPECT_EQ(judge({.code_points = 14}, {}), Refusal::too_short) << "no second factor unless it is known";
    EXPECT_EQ(judge({.code_points = 15}, {}), std::nullopt);
}

TEST(Passwords, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.with_second_factor_min, 12);
    EXPECT_EQ(limits.alone_min, 15);
    EXPECT_EQ(limits.code_points_max, 256);
    EXPECT_EQ(limits.remembered, 10);
    EXPECT_EQ(least_length(true, limits), 12);
    EXPECT_EQ(least_length(false, limits), 15);
    EXPECT_EQ(first_out_of_range(limits), nullptr);

    struct Case {
        std::int64_t Limits::* limit;
        std::int64_t least, most;
        const char* name;
    };
    for (const Case& c : {Case{&Limits::with_second_factor_min, 8, 64, "with_second_factor_min"},
                          Case{&Limits::alone_min, 15, 64, "alone_min"},
                          Case{&Limits::code_points_max, 64, 256, "code_points_max"},
                          Case{&Limits::remembered, 1, 24, "remembered"}}) {
        Limits changed;
        for (const std::int64_t good : {c.least, c.most}) {
            changed.*c.limit = good;
            EXPECT_EQ(first_out_of_range(changed), nullptr) << c.name;
        }
        for (const std::int64_t bad : {c.least - 1, c.most + 1}) {
            changed.*c.limit = bad;
            EXPECT_STREQ(first_out_of_range(changed), c.name);
        }
    }
}

}  // namespace
}  // namespace sallyport::policy::passwords
