// Waits, charges, mails, passes and limits of the throttle, one by one.
#include "policy/throttle.h"

#include "base/check.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::policy::throttle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};

TEST(Throttle, CountsANetworksFailuresInWindows)
{
    const Limits limits;
    NetworkCount count = after_failure({}, start, limits);
    EXPECT_EQ(count, (NetworkCount{1, start + hours{1}}));
    count = after_failure(count, start + minutes{59}, limits);
    EXPECT_EQ(count, (NetworkCount{2, start + hours{1}})) << "the window does not slide";
    EXPECT_EQ(after_failure(count, start + hours{1}, limits), (NetworkCount{1, start + hours{2}}));
}

// --- waits
// ----------------------------------------------------------------------------------------------------------

TEST(Throttle, WaitsAreTheLawsOwn)
{
    const Limits limits;
    const std::vector<Duration> expected{seconds{30},  seconds{60},  seconds{120},  seconds{240},
                                         seconds{480}, seconds{960}, seconds{1920}, hours{1},
                                         hours{1},     hours{1}};
    for (std::int64_t n = 0; n < 10; ++n) EXPECT_EQ(wait_after(n, limits), Duration{0}) << n;
    for (std::size_t n = 0; n < expected.size(); ++n)
        EXPECT_EQ(wait_after(10 + static_cast<std::int64_t>(n), limits), expected[n]) << n;
    EXPECT_EQ(next_at_after(9, start, limits), start);
    EXPECT_EQ(next_at_after(11, start, limits), start + seconds{60});
}

TEST(Throttle, TheClosedFormEqualsTheLoopForEveryCountAndLimit)
{
    const Ranges ranges;
    for (const Duration first : {Duration{ranges.first_wait.least}, Duration{seconds{30}},
                                 Duration{seconds{77}}, Duration{ranges.first_wait.most}})
        for (const Duration longest : {Duration{ranges.longest_wait.least}, Duration{minutes{8}},
                                       Duration{seconds{1920}}, Duration{ranges.longest_wait.most}})
            for (std::int64_t free = 3; free <= 20; ++free) {
                Limits limits;
                limits.first_wait = first;
                limits.longest_wait = longest;
                limits.stranger_free_tries = free;
                const Schedule schedule = schedule_of(Door::stranger, limits);
                ASSERT_LT(schedule.doublings, 32) << "no shift overflows";
                Duration before{0};
                for (std::int64_t n = 0; n <= 10'000; ++n) {
                    const Duration wait = wait_after(n, limits);
                    ASSERT_EQ(wait.count(), wait_ms(n, schedule)) << n;
                    ASSERT_GE(wait, before) << "waits never shrink";
                    ASSERT_LE(wait, longest);
                    ASSERT_EQ(wait == Duration{0}, n < free);
                    before = wait;
                }
                ASSERT_EQ(before, longest) << "the longest wait is reached";
            }
}

TEST(Throttle, AScheduleHasNoMoreDoublingsThanItNeeds)
{
    Limits limits;
    const Schedule real = schedule_of(Door::stranger, limits);
    EXPECT_EQ(real.free_tries, 10);
    EXPECT_EQ(real.first_wait_ms, 30'000);
    EXPECT_EQ(real.doublings, 7);
    EXPECT_EQ(real.longest_wait_ms, 3'600'000);
    EXPECT_EQ(real.cap, 100);
    limits.longest_wait = seconds{1920};
    EXPECT_EQ(schedule_of(Door::stranger, limits).doublings, 6) << "30 s doubled six times is 1920 s";
    limits.first_wait = limits.longest_wait;
    EXPECT_EQ(schedule_of(Door::stranger, limits).doublings, 0);
    for (const Door door : {Door::known_browser, Door::pass}) {
        const Schedule schedule = schedule_of(door, limits);
        EXPECT_EQ(schedule.cap, door == Door::pass ? 5 : 10);
        EXPECT_EQ(schedule.free_tries, schedule.cap);
        EXPECT_EQ(schedule.first_wait_ms, 0);
        EXPECT_EQ(schedule.doublings, 0);
        EXPECT_EQ(schedule.longest_wait_ms, 0);
        for (std::int64_t n = 0; n < 20; ++n)
            EXPECT_EQ(wait_ms(n, schedule), 0) << "no waits at one's own doors";
    }
}

// --- the upsert
// -----------------------------------------------------------------------------------------------------

TEST(Throttle, OfParallelTriesTheGuardLetsOneThrough)
{
    const Limits limits;
    const Schedule schedule = schedule_of(Door::stranger, limits);
    const auto first = charge({9, start}, 1, start, schedule);
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, (Bucket{10, start + seconds{30}}));
    EXPECT_FALSE(charge(*first, 1, start, schedule)) << "the loser of the race sees the winner's row";
    EXPECT_FALSE(charge(*first, 1, start + seconds{30} - Duration{1}, schedule));
    EXPECT_TRUE(charge(*first, 1, start + seconds{30}, schedule));
    EXPECT_TRUE(charge({99, start}, 1, start, schedule));
    EXPECT_FALSE(charge({100, start}, 1, start, schedule));
    EXPECT_THROW(charge({}, 0, start, schedule), ProgrammingError);
}

TEST(Throttle, ADriftSearchCostsTenGuessesAndNoWait)
{
    const Limits limits;
    EXPECT_EQ(drift_search_cost, 10);
    EXPECT_EQ(guess_cost, 1);
    const Schedule schedule = schedule_of(Door::stranger, limits);
    EXPECT_EQ(charge_search({}, schedule), (Bucket{10, {}, 10}));
    EXPECT_EQ(charge_search({2, start}, schedule), (Bucket{12, start, 10}));
    EXPECT_EQ(charge_search({11, start + minutes{1}}, schedule), (Bucket{21, start + minutes{1}, 10}))
        << "what it looks for was charged as a try before";
    EXPECT_FALSE(charge_search({12, start, 10}, schedule)) << "once";
    EXPECT_FALSE(charge_search({12, start, 1}, schedule));
    EXPECT_TRUE(charge_search({90, start}, schedule));
    EXPECT_FALSE(charge_search({91, start}, schedule));
    EXPECT_FALSE(charge({100, start, 10}, 1, start, schedule)) << "its guesses are among the hundred";
    EXPECT_EQ(charge({18, {}, 10}, 1, start, schedule), (Bucket{19, {}, 10}));
    EXPECT_EQ(charge({19, {}, 10}, 1, start, schedule), (Bucket{20, start + seconds{30}, 10}));
    EXPECT_EQ(refund({20, start + seconds{30}, 10}, 1, start), (Bucket{19, start, 10}));
}

TEST(Throttle, ParallelFreeTriesDoNotRefuseEachOther)
{
    const Schedule schedule = schedule_of(Door::stranger, Limits{});
    const auto first = charge({}, 1, start, schedule);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->next_at, Instant{});
    EXPECT_TRUE(charge(*first, 1, start - seconds{1}, schedule))
        << "its clock was read before, its charge came after";
    const Bucket given_back = refund(*first, 1, start);
    EXPECT_EQ(given_back.next_at, Instant{});
    EXPECT_TRUE(charge(given_back, 1, start - seconds{1}, schedule));
    // The first try that is not free makes the wait.
    EXPECT_EQ(charge({8, {}}, 1, start, schedule)->next_at, Instant{});
    EXPECT_EQ(charge({9, {}}, 1, start, schedule)->next_at, start + seconds{30});
}

TEST(Throttle, ARightFactorGetsItsChargeBackAndTheWaitWithIt)
{
    EXPECT_EQ(refund({10, start + seconds{30}}, 1, start), (Bucket{9, start}));
    EXPECT_EQ(refund({1, start}, 1, start), (Bucket{0, start}));
    EXPECT_EQ(refund({0, start}, 1, start + hours{1}), (Bucket{0, start})) << "never below nothing";
    // With the right password and wrong codes for ever: each round is one guess, whatever was given back.
    const Limits limits;
    const Schedule schedule = schedule_of(Door::stranger, limits);
    Bucket bucket;
    Instant now = start;
    std::int64_t codes = 0;
    for (int round = 0; round < 1000; ++round) {
        now = std::max(now, bucket.next_at);
        const auto password = charge(bucket, guess_cost, now, schedule);
        if (!password) break;
        const auto code = charge(refund(*password, guess_cost, now), guess_cost, now, schedule);
        ASSERT_TRUE(code) << "whoever was let through to the password gets to answer the next page";
        bucket = *code;
        ++codes;
    }
    EXPECT_EQ(codes, 100);
    EXPECT_GE(now - start, hours{82}) << "and the waits are the same as for guesses at passwords";
}

// --- mails and passes
// -----------------------------------------------------------------------------------------------

TEST(Throttle, FiveMailsADayAMinuteApart)
{
    const Limits limits;
    Mails mails;
    Instant now = start;
    EXPECT_EQ(next_mail_at(mails, now, limits), now);
    for (int n = 1; n <= 5; ++n) {
        mails = after_mail(mails, now, limits);
        EXPECT_EQ(mails, (Mails{n, now, start + hours{24}}));
        if (n == 5) break;
        EXPECT_EQ(next_mail_at(mails, now, limits), now + seconds{60});
        now += seconds{60};
    }
    EXPECT_EQ(next_mail_at(mails, now, limits), start + hours{24});
    EXPECT_EQ(next_mail_at(mails, start + hours{24} - Duration{1}, limits), start + hours{24});
    EXPECT_EQ(next_mail_at(mails, start + hours{24}, limits), start + minutes{5}) << "the window is over";
    EXPECT_EQ(after_mail(mails, start + hours{24}, limits), (Mails{1, start + hours{24}, start + hours{48}}));
    EXPECT_EQ(next_mail_at({2, start, start + hours{1}}, start + hours{2}, limits), start + seconds{60});
    mails.last_sent_at = start + hours{24} - seconds{10};
    EXPECT_EQ(next_mail_at(mails, start + hours{24}, limits), start + hours{24} + seconds{50});
    EXPECT_EQ(next_mail_at(mails, start + hours{23}, limits), start + hours{24} + seconds{50})
        << "both must be over";
    EXPECT_EQ(after_mail({0, {}, start + hours{1}}, start, limits), (Mails{1, start, start + hours{24}}));
    EXPECT_EQ(next_mail_at({0, start, start + hours{1}}, start, limits), start);
}

TEST(Throttle, EveryStateOfAPass)
{
    const Limits limits;
    const Instant end = start + minutes{10};
    for (const Instant now : {start, end - Duration{1}, end, end + hours{1}})
        for (std::int64_t tries = 0; tries <= 6; ++tries)
            for (const std::int64_t today : {0, 19, 20, 21})
                for (unsigned bits = 0; bits < 8; ++bits) {
                    const bool same = (bits & 1) != 0, opened = (bits & 2) != 0, right = (bits & 4) != 0;
                    const PassFacts facts{start, tries, same, opened, today};
                    std::vector<PassAnswer> reasons;
                    if (!same) reasons.push_back(PassAnswer::other_browser);
                    if (opened) reasons.push_back(PassAnswer::used);
                    if (now >= end) reasons.push_back(PassAnswer::expired);
                    if (tries >= 5) reasons.push_back(PassAnswer::spent);
                    if (!right) reasons.push_back(PassAnswer::wrong);
                    if (today >= 20) reasons.push_back(PassAnswer::too_many_today);
                    reasons.push_back(PassAnswer::opens);
                    ASSERT_EQ(judge_pass(facts, right, now, limits), reasons.front());
                    const auto blocked = pass_blocks_mail_until(facts, now, limits);
                    ASSERT_EQ(blocked.has_value(), same && !opened && now < end && tries >= 5)
                        << "a mail never gives new tries, and what is over stands in nobody's way";
                    if (blocked) ASSERT_EQ(*blocked, end);
                    if (!right) {
                        PassFacts elsewhere = facts;
                        elsewhere.opened_today = 0;
                        ASSERT_EQ(judge_pass(elsewhere, false, now, limits),
                                  judge_pass(facts, false, now, limits))
                            << "who has no code is not told of an account's passes";
                    }
                }
    EXPECT_GT(limits.passes_a_day_max, limits.mails_max)
        << "a thief of the mailbox in one network leaves passes for the owner";
}

TEST(Throttle, WhenABucketIsForgotten)
{
    const Limits limits;
    const Duration life = hours{1000};
    for (const bool exists : {false, true}) {
        EXPECT_EQ(forgettable_at(Door::known_browser, exists, start, limits, life), start + life)
            << "each full sign-in empties it, so it was charged after the last one";
        EXPECT_EQ(forgettable_at(Door::pass, exists, start, limits, life), start + minutes{10})
            << "it was opened before it was charged";
    }
    EXPECT_EQ(forgettable_at(Door::stranger, true, start, limits, life), std::nullopt)
        << "no time heals what strangers tried at an account";
    EXPECT_EQ(forgettable_at(Door::stranger, false, start, limits, life), start + hours{24 * 90});
}

// --- limits
// ---------------------------------------------------------------------------------------------------------

template <class T>
void stays_in_range(T Limits::* limit, T least, T most, const char* name)
{
    Limits limits;
    limits.*limit = least;
    EXPECT_EQ(first_out_of_range(limits), nullptr) << name;
    limits.*limit = most;
    EXPECT_EQ(first_out_of_range(limits), nullptr) << name;
    limits.*limit = least - T{1};
    EXPECT_STREQ(first_out_of_range(limits), name);
    limits.*limit = most + T{1};
    EXPECT_STREQ(first_out_of_range(limits), name);
}

TEST(Throttle, LimitsAreTheLawsAndTheirRangesBreakNothing)
{
    const Limits limits;
    EXPECT_EQ(first_out_of_range(limits), nullptr);
    EXPECT_EQ(limits.known_browser_tries_max, 10);
    EXPECT_EQ(limits.stranger_free_tries, 10);
    EXPECT_EQ(limits.stranger_tries_max, 100);
    EXPECT_EQ(limits.first_wait, seconds{30});
    EXPECT_EQ(limits.longest_wait, hours{1});
    EXPECT_EQ(limits.network_failures_max, 100);
    EXPECT_EQ(limits.network_window, hours{1});
    EXPECT_EQ(limits.pass_tries_max, 5);
    EXPECT_EQ(limits.pass_code_tries_max, 5);
    EXPECT_EQ(limits.pass_life, minutes{10});
    EXPECT_EQ(limits.passes_a_day_max, 20);
    EXPECT_EQ(limits.mails_max, 5);
    EXPECT_EQ(limits.mails_window, hours{24});
    EXPECT_EQ(limits.mail_gap, seconds{60});
    EXPECT_EQ(limits.nobodys_kept, hours{24 * 90});
    Limits every;
    EXPECT_EQ(named_limits(every).size(), 15U);

    stays_in_range<std::int64_t>(&Limits::known_browser_tries_max, 5, 20, "known_browser_tries_max");
    stays_in_range<std::int64_t>(&Limits::stranger_free_tries, 3, 20, "stranger_free_tries");
    stays_in_range<std::int64_t>(&Limits::stranger_tries_max, 20, 100, "stranger_tries_max");
    stays_in_range<Duration>(&Limits::first_wait, seconds{10}, minutes{5}, "first_wait");
    stays_in_range<Duration>(&Limits::longest_wait, minutes{5}, hours{1}, "longest_wait");
    stays_in_range<std::int64_t>(&Limits::network_failures_max, 20, 1000, "network_failures_max");
    stays_in_range<Duration>(&Limits::network_window, minutes{10}, hours{24}, "network_window");
    stays_in_range<std::int64_t>(&Limits::pass_tries_max, 3, 5, "pass_tries_max");
    stays_in_range<std::int64_t>(&Limits::pass_code_tries_max, 3, 5, "pass_code_tries_max");
    stays_in_range<Duration>(&Limits::pass_life, minutes{5}, minutes{10}, "pass_life");
    stays_in_range<std::int64_t>(&Limits::passes_a_day_max, 10, 20, "passes_a_day_max");
    stays_in_range<std::int64_t>(&Limits::mails_max, 3, 9, "mails_max");
    stays_in_range<Duration>(&Limits::mails_window, hours{1}, hours{24}, "mails_window");
    stays_in_range<Duration>(&Limits::mail_gap, seconds{30}, minutes{5}, "mail_gap");
    stays_in_range<Duration>(&Limits::nobodys_kept, hours{24 * 30}, hours{24 * 400}, "nobodys_kept");
}

}  // namespace
}  // namespace sallyport::policy::throttle
