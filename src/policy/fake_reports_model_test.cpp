// Every combination of charges, and of what somebody gave away.
#include "policy/fake_reports.h"

#include <gtest/gtest.h>

namespace sallyport::policy::fake_reports {
namespace {

constexpr Instant start = from_unix_ms(1'795'336'301'000);

TEST(FakeReportsModel, EveryChargeDecidesWhatIsKept)
{
    for (unsigned bits = 0; bits < 8; ++bits) {
        const Charged charged{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0};
        Keep expected = Keep::names;
        if ((bits & 1U) == 0) expected = Keep::nothing;
        if (bits == 7) expected = Keep::all;
        EXPECT_EQ(judge(charged), expected) << bits;
    }
    EXPECT_EQ(judge({}), Keep::nothing);
}

TEST(FakeReportsModel, EveryLossHasItsAdvice)
{
    for (unsigned bits = 0; bits < 32; ++bits) {
        const Given given{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0,
                          (bits & 16U) != 0};
        const Advice advice = advise(given);
        EXPECT_EQ(advice.lock, bits != 0) << "whatever was given away: first nobody gets further";
        EXPECT_NE(advice.lock, advice.nothing_more);
        EXPECT_EQ(advice.other_device, given.file);
        EXPECT_EQ(advice.change_password, given.password || given.file);
        EXPECT_EQ(advice.new_kit, given.recovery || given.file);
        EXPECT_EQ(advice.write_to_us, given.money);
    }
    EXPECT_EQ(advise({}), Advice{.nothing_more = true});
}

TEST(FakeReports, AsTheRuleSays)
{
    const Limits limits;
    EXPECT_EQ(limits.reports_max, 10);
    EXPECT_EQ(limits.window, std::chrono::hours{1});
    EXPECT_EQ(limits.contents_max, 5);
    EXPECT_EQ(limits.contents_all_max, 400);
    EXPECT_EQ(limits.contents_window, std::chrono::hours{24});
    EXPECT_EQ(limits.contents_kept, std::chrono::days{30});
    EXPECT_EQ(limits.kept, std::chrono::days{180});
    EXPECT_EQ(forgotten_until(start + limits.kept, limits), start);
    EXPECT_EQ(contents_forgotten_until(start + limits.contents_kept, limits), start);
}

TEST(FakeReports, WhatNobodyFilledInKeepsNothingAndFindsNothing)
{
    EXPECT_EQ(Keep{}, Keep::nothing);
    EXPECT_EQ(Finding{}, Finding::none);
    const Advice advice;
    EXPECT_FALSE(advice.nothing_more || advice.lock || advice.other_device || advice.change_password ||
                 advice.new_kit || advice.write_to_us);
    const Given given;
    EXPECT_FALSE(given.password || given.code || given.recovery || given.file || given.money);
    const Charged charged;
    EXPECT_FALSE(charged.report || charged.content_of_network || charged.content_of_all);
}

}  // namespace
}  // namespace sallyport::policy::fake_reports
