// Every order of small claims, large claims, pauses and the operator's word.
#include "policy/mail_breaker.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::policy::mail_breaker {
namespace {

constexpr Instant start = from_unix_ms(1'795'336'301'000);
constexpr Limits limits{10};

enum class Step : std::uint8_t { one, four, short_pause, long_pause, operators_word };
constexpr unsigned steps_known = 5;

/// What left, and when, as people see it.
struct World {
    Breaker breaker;
    Instant now = start;
    std::vector<Instant> left;
    std::optional<Instant> released_at;
    bool stopped = false;

    /// Of what left since the word of the operator, the most in the window that begins with a mail.
    [[nodiscard]] std::int64_t left_since(Instant from) const
    {
        std::int64_t count = 0;
        for (const Instant at : left) count += at >= from ? 1 : 0;
        return count;
    }
    void claim(std::int64_t mails)
    {
        const Verdict verdict = judge(breaker, mails, limits, now);
        EXPECT_EQ(verdict.trips, !stopped && verdict.after.stopped_at.has_value());
        EXPECT_FALSE(verdict.trips && verdict.leaves) << "what trips it stays";
        EXPECT_FALSE(stopped && verdict.leaves) << "what is stopped stays";
        const bool released = released_at && now < *released_at + release;
        if (released) EXPECT_TRUE(verdict.leaves) << "the operator's word holds";
        if (!released && !stopped) EXPECT_EQ(verdict.leaves, !verdict.trips);
        if (verdict.trips) {
            stopped = true;
            EXPECT_EQ(verdict.after.stopped_at, now);
        }
        if (verdict.leaves) left.insert(left.end(), static_cast<std::size_t>(mails), now);
        breaker = verdict.after;
    }
    void take(Step step)
    {
        switch (step) {
        case Step::one: return claim(1);
        case Step::four: return claim(4);
        case Step::short_pause: now += window / 2; return;
        case Step::long_pause: now += window; return;
        case Step::operators_word:
            breaker = released(now);
            released_at = now;
            stopped = false;
            return;
        }
    }
};

TEST(MailBreakerModel, NoMinuteHasMoreThanTwiceTheLimitAndNothingSmallStops)
{
    constexpr int length = 8;
    unsigned traces = 1;
    for (int i = 0; i < length; ++i) traces *= steps_known;
    for (unsigned trace = 0; trace < traces; ++trace) {
        World world;
        unsigned rest = trace;
        std::int64_t asked_in_all = 0;
        for (int i = 0; i < length; ++i, rest /= steps_known) {
            const auto step = static_cast<Step>(rest % steps_known);
            asked_in_all += step == Step::four ? 4 : step == Step::one ? 1 : 0;
            world.take(step);
            // Two windows may touch within one minute; a mass that the operator let pass is no mass.
            if (!world.released_at)
                ASSERT_LE(world.left_since(world.now - window + Duration{1}), 2 * limits.same_a_minute_max);
        }
        if (asked_in_all <= limits.same_a_minute_max) ASSERT_FALSE(world.stopped) << trace;
    }
}

TEST(MailBreaker, TheLimitIsTheLastThatLeaves)
{
    const Breaker full{start, limits.same_a_minute_max - 1, {}, {}};
    EXPECT_EQ(judge(full, 1, limits, start), (Verdict{true, false, {start, 10, {}, {}}}));
    EXPECT_EQ(judge(full, 2, limits, start), (Verdict{false, true, {start, 11, start, {}}}));
    const Instant last = start + window - Duration{1};
    EXPECT_EQ(judge(full, 2, limits, last), (Verdict{false, true, {start, 11, last, {}}}));
    const Instant next = start + window;
    EXPECT_EQ(judge(full, 2, limits, next), (Verdict{true, false, {next, 2, {}, {}}}));
    EXPECT_EQ(judge(Breaker{}, 11, limits, start), (Verdict{false, true, {start, 11, start, {}}}));
}

TEST(MailBreaker, AClockThatIsSetBackStopsNothing)
{
    const Breaker full{start, limits.same_a_minute_max, {}, {}};
    const Instant before = start - Duration{1};
    EXPECT_EQ(judge(full, 1, limits, before), (Verdict{true, false, {before, 1, {}, {}}}));
    EXPECT_EQ(judge(full, 1, limits, start).trips, true);
}

TEST(MailBreaker, WhatIsStoppedWaitsForTheOperatorForEver)
{
    const Breaker stopped = judge(Breaker{}, 11, limits, start).after;
    for (const Duration later : {Duration{0}, window, release, 365 * release})
        EXPECT_EQ(judge(stopped, 1, limits, start + later), (Verdict{false, false, stopped}));
}

TEST(MailBreaker, TheOperatorsWordHoldsForADay)
{
    const Breaker open = released(start);
    EXPECT_EQ(open, (Breaker{start, 0, {}, start + release}));
    const Instant last = start + release - Duration{1};
    EXPECT_EQ(judge(open, 1'000'000, limits, last), (Verdict{true, false, open}));
    EXPECT_TRUE(judge(open, 11, limits, start + release).trips);
    EXPECT_TRUE(judge(open, 10, limits, start + release).leaves);
}

TEST(MailBreaker, ItsNumbers)
{
    EXPECT_EQ(window, std::chrono::minutes{1});
    EXPECT_EQ(release, std::chrono::hours{24});
    EXPECT_EQ(Limits{}.same_a_minute_max, 1000);
    EXPECT_EQ(Breaker{}.told, 0);
    EXPECT_EQ(Verdict{}, (Verdict{false, false, {}})) << "unfilled: nothing leaves";
}

TEST(MailBreaker, ItsRangesAreNamed)
{
    Limits named;
    EXPECT_EQ(first_outside(named_limits(named)), nullptr);
    for (const std::int64_t wrong : {std::int64_t{59}, std::int64_t{1'000'001}}) {
        named.same_a_minute_max = wrong;
        EXPECT_STREQ(first_outside(named_limits(named)), "same_a_minute_max");
    }
    for (const std::int64_t right : {std::int64_t{60}, std::int64_t{1'000'000}}) {
        named.same_a_minute_max = right;
        EXPECT_EQ(first_outside(named_limits(named)), nullptr);
    }
}

}  // namespace
}  // namespace sallyport::policy::mail_breaker
