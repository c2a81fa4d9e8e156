// Every order of checks over some hours, and every combination of facts.
#include "policy/message_checks.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::policy::message_checks {
namespace {

constexpr Instant start = from_unix_ms(1'795'336'301'000);

// Each quarter of an hour, or its last millisecond, somebody asks or does not: among all traces none has more
// checks admitted within a window than the limit, none waits for longer than a window, and who asks no more
// often than the limit allows never waits.
TEST(MessageChecksModel, EveryTraceKeepsTheLimitAndEndsTheWait)
{
    const Limits limits{.checks_max = 3, .window = std::chrono::minutes{60}};
    constexpr int steps = 16;
    constexpr Duration step = std::chrono::minutes{15};
    for (unsigned trace = 0; trace < 1U << steps; ++trace) {
        Count count;
        std::vector<Instant> admitted;
        std::optional<Instant> window_began;
        for (int i = 0; i < steps; ++i) {
            if ((trace >> i & 1U) == 0) continue;
            const Instant now = start + i * step;
            const Instant next = next_at(count, now, limits);
            ASSERT_GE(next, now);
            ASSERT_LT(next - now, limits.window) << "nobody waits a whole window after the first check of it";
            if (next > now) {
                ASSERT_EQ(next, count.window_ends);
                ASSERT_EQ(next_at(count, next - Duration{1}, limits), next);
                ASSERT_EQ(next_at(count, next, limits), next) << "the wait ends when it says";
                ASSERT_EQ(count.checks, limits.checks_max) << "only who used them up waits";
                continue;
            }
            const Count before = count;
            count = after_check(count, now, limits);
            if (!window_began || now >= *window_began + limits.window) {
                window_began = now;
                ASSERT_EQ(count, (Count{1, now + limits.window}));
            } else {
                ASSERT_EQ(count, (Count{before.checks + 1, before.window_ends}));
            }
            ASSERT_LE(count.checks, limits.checks_max);
            admitted.push_back(now);
        }
        // Over any window that began with a check, as the store counts.
        for (std::size_t i = 0; i + 2 * static_cast<std::size_t>(limits.checks_max) < admitted.size(); ++i)
            ASSERT_GE(admitted[i + 2 * static_cast<std::size_t>(limits.checks_max)] - admitted[i],
                      limits.window)
                << "no two windows in one hour";
    }
}

TEST(MessageChecksModel, GenuineIsOnlyWhatIsRightInEverything)
{
    const Limits limits;
    const Instant now = start + limits.kept;
    int genuine = 0;
    for (unsigned bits = 0; bits < 8; ++bits)
        for (const Duration age : {Duration{0}, limits.kept - Duration{1}, limits.kept, limits.kept * 2}) {
            const Facts facts{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, now - age};
            const bool expected = bits == 7 && age < limits.kept;
            EXPECT_EQ(judge(facts, now, limits), expected ? Answer::genuine : Answer::not_ours) << bits;
            genuine += expected ? 1 : 0;
        }
    EXPECT_EQ(genuine, 2);
    EXPECT_EQ(forgotten_until(now, limits), start);
}

TEST(MessageChecks, AsTheRuleSays)
{
    const Limits limits;
    EXPECT_EQ(limits.checks_max, 20) << "ux.md P11: 20 an hour";
    EXPECT_EQ(limits.window, std::chrono::hours{1});
    EXPECT_EQ(limits.kept, std::chrono::days{180}) << "issue C, 5";
    EXPECT_EQ(next_at({}, start, limits), start);
    EXPECT_EQ(next_at({19, start + Duration{1}}, start, limits), start);
    EXPECT_EQ(next_at({20, start + Duration{1}}, start, limits), start + Duration{1});
    EXPECT_EQ(next_at({21, start + Duration{1}}, start, limits), start + Duration{1});
    EXPECT_EQ(next_at({20, start}, start, limits), start);
    EXPECT_EQ(after_check({20, start}, start, limits), (Count{1, start + std::chrono::hours{1}}));
}

TEST(MessageChecks, WhatNobodyFilledInIsNotOurs)
{
    const Facts facts;
    EXPECT_FALSE(facts.row_found || facts.number_right || facts.recipient_right);
    EXPECT_EQ(facts.sent_at, Instant{});
    EXPECT_EQ(Count{}, (Count{0, {}}));
    EXPECT_EQ(Answer{}, Answer::not_ours);
}

}  // namespace
}  // namespace sallyport::policy::message_checks
