#include <gtest/gtest.h>

#include "policy/reminders.h"

namespace sallyport::policy::reminders {
namespace {

const Limits limits;
const throttle::Limits tries;
const Instant start{std::chrono::days{20'000}};
constexpr Duration ms{1};

TEST(RemindersModel, StrangersWhoFailAreToldWhenTheyBeginToWait)
{
    EXPECT_FALSE(is_worth_a_look(0, tries));
    for (std::int64_t charged = 1; charged <= tries.stranger_tries_max; ++charged)
        EXPECT_EQ(is_worth_a_look(charged, tries), charged % 10 == 0) << charged;
    throttle::Limits none_free;
    none_free.stranger_free_tries = 1;
    EXPECT_TRUE(is_worth_a_look(1, none_free));
    EXPECT_FALSE(is_worth_a_look(0, none_free));
    EXPECT_EQ(limits.failures_gap, std::chrono::minutes{15});
    EXPECT_FALSE(tells_failures(9, {}, start, tries, limits));
    EXPECT_TRUE(tells_failures(10, {}, start, tries, limits));
    EXPECT_TRUE(tells_failures(11, {}, start, tries, limits));
    const Instant told = start;
    EXPECT_FALSE(tells_failures(10, told, told, tries, limits));
    EXPECT_FALSE(tells_failures(100, told, told + limits.failures_gap - ms, tries, limits));
    EXPECT_TRUE(tells_failures(100, told, told + limits.failures_gap, tries, limits));
    EXPECT_FALSE(tells_failures(9, told, told + limits.failures_gap, tries, limits))
        << "a success was between";
}

TEST(RemindersModel, ANightOfGuessesIsAFewMails)
{
    std::optional<Instant> told;
    int mails = 0;
    // A try as soon as each wait is over, until strangers have none left.
    Instant now = start;
    for (std::int64_t charged = 1; charged <= tries.stranger_tries_max; ++charged) {
        now += throttle::wait_after(charged, tries);
        if (!is_worth_a_look(charged, tries) || !tells_failures(charged, told, now, tries, limits)) continue;
        told = now;
        ++mails;
    }
    EXPECT_EQ(mails, 10) << "between two successes, however long it takes";
}

TEST(RemindersModel, ATextAboutANewBrowserComesAFewTimesADay)
{
    const Duration gap = std::chrono::hours{6};
    EXPECT_TRUE(texts_new_sign_in({}, start, limits));
    EXPECT_FALSE(texts_new_sign_in(start, start, limits));
    EXPECT_FALSE(texts_new_sign_in(start, start + gap - ms, limits));
    EXPECT_TRUE(texts_new_sign_in(start, start + gap, limits));
}

TEST(RemindersModel, AKitOfAYearIsToldOnce)
{
    const Instant old = start + std::chrono::days{365};
    EXPECT_EQ(kit_is_old_at(start, limits), old);
    EXPECT_FALSE(tells_old_kit(start, {}, old - ms, limits));
    EXPECT_TRUE(tells_old_kit(start, {}, old, limits));
    EXPECT_FALSE(tells_old_kit(start, old, old + ms, limits));
    EXPECT_FALSE(tells_old_kit(start, start, old, limits));
    EXPECT_TRUE(tells_old_kit(start, start - ms, old, limits)) << "that was the kit before";
}

TEST(RemindersModel, TheEndOfTheLastHoldIsToldOnce)
{
    EXPECT_FALSE(tells_end_of_hold({}, {}, start)) << "there was none";
    EXPECT_FALSE(tells_end_of_hold(start, {}, start - ms));
    EXPECT_TRUE(tells_end_of_hold(start, {}, start));
    EXPECT_FALSE(tells_end_of_hold(start, start, start + ms));
    EXPECT_TRUE(tells_end_of_hold(start, start - ms, start)) << "that was an earlier one";
}

TEST(RemindersModel, TheMiddleOfAWaitIsToldOnceAndBeforeItsEnd)
{
    const Instant end = start + std::chrono::hours{1};
    const Instant middle = start + std::chrono::minutes{30};
    EXPECT_EQ(middle_of(start, end), middle);
    EXPECT_FALSE(tells_middle(start, end, {}, middle - ms));
    EXPECT_TRUE(tells_middle(start, end, {}, middle));
    EXPECT_TRUE(tells_middle(start, end, {}, end - ms));
    EXPECT_FALSE(tells_middle(start, end, {}, end));
    EXPECT_FALSE(tells_middle(start, end, middle, end - ms));
    EXPECT_FALSE(tells_middle(start, end, start, middle));
    EXPECT_TRUE(tells_middle(start, end, start - ms, middle)) << "that was another case";
}

}  // namespace
}  // namespace sallyport::policy::reminders
