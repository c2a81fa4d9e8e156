// Every order of events and of the worker's visits, minute by minute.
#include "policy/bundles.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::policy::bundles {
namespace {

constexpr Instant start = from_unix_ms(1'795'336'301'000);

/// One address, as the store keeps it: mails that left, and the one that waits.
struct Mailbox {
    std::vector<Instant> left;
    std::vector<int> told;  // events, of each that left
    std::optional<Instant> waits_until;
    int waiting = 0;

    void event(Instant now)
    {
        const Verdict verdict =
            judge({waits_until.has_value(), left.empty() ? std::nullopt : std::optional(left.back())}, now);
        if (verdict.join) {
            ++waiting;
            return;
        }
        EXPECT_FALSE(waits_until.has_value());
        EXPECT_GE(verdict.due_at, now);
        waits_until = verdict.due_at;
        waiting = 1;
    }
    void worker(Instant now)
    {
        if (!waits_until || *waits_until > now) return;
        left.push_back(*waits_until);
        told.push_back(waiting);
        waits_until.reset();
        waiting = 0;
    }
};

TEST(BundlesModel, EveryTraceTellsEachEventOnceAndSeldom)
{
    constexpr int steps = 10;  // of five minutes; each with or without an event, with or without the worker
    constexpr Duration step = std::chrono::minutes{5};
    for (unsigned trace = 0; trace < 1U << (2 * steps); ++trace) {
        Mailbox box;
        int events = 0;
        std::optional<Instant> first;
        for (int i = 0; i < steps; ++i) {
            const Instant now = start + i * step;
            const unsigned bits = trace >> (2 * i) & 3U;
            if ((bits & 1U) != 0) {
                box.event(now);
                ++events;
                if (!first) {
                    first = now;
                    ASSERT_EQ(box.waits_until, now) << "the first at once";
                }
            }
            if ((bits & 2U) != 0) box.worker(now);
        }
        box.worker(start + steps * step + every);
        ASSERT_FALSE(box.waits_until.has_value()) << "none waits longer than the time between two";
        int told = 0;
        for (const int count : box.told) told += count;
        ASSERT_EQ(told, events) << trace;
        for (std::size_t i = 1; i < box.left.size(); ++i)
            ASSERT_GE(box.left[i] - box.left[i - 1], every) << trace;
    }
}

TEST(Bundles, AsTheRuleSays)
{
    EXPECT_EQ(every, std::chrono::minutes{15}) << "ux.md, M9";
    EXPECT_FALSE(Verdict{}.join) << "nothing joins unless said";
}

TEST(Bundles, AQuietTimeEndsTheBundle)
{
    const Earlier earlier{false, start};
    EXPECT_EQ(judge({}, start), (Verdict{false, start}));
    EXPECT_EQ(judge(earlier, start), (Verdict{false, start + every}));
    EXPECT_EQ(judge(earlier, start + every), (Verdict{false, start + every}));
    EXPECT_EQ(judge(earlier, start + every + Duration{1}), (Verdict{false, start + every + Duration{1}}));
    EXPECT_TRUE(judge({true, start}, start + std::chrono::hours{3}).join);
}

}  // namespace
}  // namespace sallyport::policy::bundles
