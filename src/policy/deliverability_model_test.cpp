// Every order of answers, pauses and proofs, against what a person would say of the mailbox; every status
// code; every report.
#include "policy/deliverability.h"

#include <gtest/gtest.h>

#include <vector>

namespace sallyport::policy::deliverability {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr Instant start = from_unix_ms(1'795'336'301'000);
const Limits limits;
constexpr Duration ms{1};

enum class Step : std::uint8_t { temporary, gone, accepted, unwanted, nothing, a_day, three_days, six_days };
constexpr unsigned steps_known = 8;

Heard heard_of(Step step)
{
    switch (step) {
    case Step::temporary: return Heard::temporary;
    case Step::gone: return Heard::gone;
    case Step::accepted: return Heard::accepted;
    case Step::unwanted: return Heard::unwanted;
    case Step::nothing:
    case Step::a_day:
    case Step::three_days:
    case Step::six_days: break;
    }
    return Heard::nothing;
}

Duration pause_of(Step step)
{
    switch (step) {
    case Step::a_day: return hours{24};
    case Step::three_days: return hours{72};
    case Step::six_days: return days{6};
    case Step::temporary:
    case Step::gone:
    case Step::accepted:
    case Step::unwanted:
    case Step::nothing: break;
    }
    return Duration{0};
}

struct Happened {
    Heard heard;
    Instant at;
};

/// The same, said of the whole history: since the last time that a mail was taken and six days were quiet,
/// was one answer final, or were there three failures over three days?
struct Told {
    bool undeliverable = false;
    std::int64_t failures = 0;
};
Told of_history(const std::vector<Happened>& history, Instant now)
{
    std::size_t begin = 0;
    std::optional<Instant> taken;
    const auto failed = [](Heard heard) { return heard == Heard::temporary || heard == Heard::gone; };
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (taken && history[i].at >= *taken + limits.quiet) {
            begin = i;
            taken = std::nullopt;
        }
        if (failed(history[i].heard)) taken = std::nullopt;
        if (history[i].heard == Heard::accepted && !taken) taken = history[i].at;
    }
    Told told;
    if (taken && now >= *taken + limits.quiet) return told;
    std::optional<Instant> first;
    for (std::size_t i = begin; i < history.size(); ++i) {
        if (!failed(history[i].heard)) continue;
        ++told.failures;
        if (!first) first = history[i].at;
        if (history[i].heard == Heard::gone) told.undeliverable = true;
        if (told.failures >= 3 && history[i].at >= *first + hours{72}) told.undeliverable = true;
    }
    return told;
}

TEST(DeliverabilityModel, EveryHistory)
{
    constexpr int length = 7;
    unsigned traces = 1;
    for (int i = 0; i < length; ++i) traces *= steps_known;
    int marked = 0, cleared = 0;
    for (unsigned trace = 0; trace < traces; ++trace) {
        Standing standing;
        Instant now = start;
        std::vector<Happened> history;
        bool was_marked = false;
        unsigned rest = trace;
        for (int i = 0; i < length; ++i, rest /= steps_known) {
            const auto step = static_cast<Step>(rest % steps_known);
            now += pause_of(step);
            const Heard heard = heard_of(step);
            standing = after(standing, heard, now, limits);
            if (heard != Heard::nothing) history.push_back({heard, now});
            const Told told = of_history(history, now);
            ASSERT_EQ(is_undeliverable(standing, now, limits), told.undeliverable) << trace;
            ASSERT_EQ(standing.failures, told.failures) << trace;
            ASSERT_EQ(is_to_be_told(standing, now, limits), told.undeliverable) << trace;
            if (heard == Heard::unwanted) ASSERT_EQ(standing.complained_at, now);
            marked += told.undeliverable ? 1 : 0;
            cleared += was_marked && !told.undeliverable ? 1 : 0;
            was_marked = told.undeliverable;
        }
        if (history.empty()) ASSERT_EQ(standing, Standing{}) << "silence says nothing";
    }
    EXPECT_GT(marked, 0);
    EXPECT_GT(cleared, 0);
}

TEST(Deliverability, WhatIsNotAFailureLeavesNoRow)
{
    EXPECT_EQ(after({}, Heard::accepted, start, limits), Standing{});
    EXPECT_EQ(after({}, Heard::nothing, start, limits), Standing{});
}

TEST(Deliverability, ThreeFailuresInThreeDaysAreTheFewest)
{
    Standing standing = after({}, Heard::temporary, start, limits);
    EXPECT_EQ(standing, (Standing{1, start, {}, {}, {}, false}));
    standing = after(standing, Heard::temporary, start + hours{72}, limits);
    EXPECT_EQ(standing, (Standing{2, start, {}, {}, {}, false}));
    EXPECT_FALSE(after(standing, Heard::temporary, start + hours{72} - ms, limits).undeliverable_since);
    const Instant at = start + hours{72};
    EXPECT_EQ(after(standing, Heard::temporary, at, limits), (Standing{3, start, at, {}, {}, false}));
    EXPECT_EQ(after({}, Heard::gone, start, limits), (Standing{1, start, start, {}, {}, false}));
}

TEST(Deliverability, ItIsUndeliverableSinceTheFirstTime)
{
    const Standing first = after({}, Heard::gone, start, limits);
    EXPECT_EQ(after(first, Heard::gone, start + ms, limits).undeliverable_since, start);
}

TEST(Deliverability, SixQuietDaysAfterATakenMailEndIt)
{
    Standing standing = after({}, Heard::gone, start, limits);
    standing.told = true;
    standing = after(standing, Heard::unwanted, start, limits);
    standing = after(standing, Heard::accepted, start + hours{1}, limits);
    EXPECT_EQ(standing.accepted_at, start + hours{1});
    standing = after(standing, Heard::accepted, start + hours{2}, limits);
    EXPECT_EQ(standing.accepted_at, start + hours{1}) << "the first counts";
    const Instant end = start + hours{1} + days{6};
    EXPECT_EQ(settled(standing, end - ms, limits), standing);
    EXPECT_FALSE(is_to_be_told(standing, end - ms, limits)) << "told already";
    EXPECT_EQ(settled(standing, end, limits), (Standing{0, {}, {}, {}, start, false}));
    EXPECT_FALSE(is_undeliverable(standing, end, limits));
    EXPECT_FALSE(after(standing, Heard::temporary, end - ms, limits).accepted_at) << "not quiet";
    standing.told = false;
    EXPECT_FALSE(is_to_be_told(standing, end, limits)) << "it is over";
    EXPECT_TRUE(is_to_be_told(standing, end - ms, limits));
}

TEST(Deliverability, AComplaintIsShownForAMonth)
{
    EXPECT_FALSE(is_called_junk({}, start, limits));
    const Standing junk = after({}, Heard::unwanted, start, limits);
    EXPECT_EQ(junk, (Standing{0, {}, {}, {}, start, false}));
    EXPECT_TRUE(is_called_junk(junk, start + days{30} - ms, limits));
    EXPECT_FALSE(is_called_junk(junk, start + days{30}, limits));
    EXPECT_FALSE(is_undeliverable(junk, start, limits)) << "it arrived";
}

TEST(Deliverability, AClockThatIsSetBackMarksAndClearsNothing)
{
    const Standing once = after({}, Heard::temporary, start, limits);
    const Standing twice = after(once, Heard::temporary, start - days{30}, limits);
    EXPECT_FALSE(after(twice, Heard::temporary, start - days{10}, limits).undeliverable_since);
    Standing taken = after({}, Heard::gone, start, limits);
    taken = after(taken, Heard::accepted, start, limits);
    EXPECT_TRUE(is_undeliverable(taken, start - days{365}, limits));
}

/// Of RFC 3463, RFC 5248's registry and what relays say.
TEST(Deliverability, EveryStatus)
{
    const auto expected = [](std::int64_t kind, std::int64_t subject, std::int64_t detail) {
        if (kind != 4 && kind != 5) return Heard::nothing;
        const std::int64_t code = subject * 1000 + detail;
        for (const std::int64_t gone : {1001, 1002, 1003, 1006, 1010, 2001})
            if (code == gone) return kind == 5 ? Heard::gone : Heard::temporary;
        for (const std::int64_t nothing : {1005, 1007, 1008, 1009, 2003, 3004})
            if (code == nothing) return Heard::nothing;
        if (subject == 5 || subject == 6) return Heard::nothing;
        if (code >= 7020 && code <= 7029) return Heard::nothing;
        return Heard::temporary;
    };
    for (std::int64_t kind = 0; kind <= 6; ++kind)
        for (std::int64_t subject = 0; subject <= 9; ++subject)
            for (std::int64_t detail = 0; detail <= 40; ++detail)
                ASSERT_EQ(meaning_of({kind, subject, detail}), expected(kind, subject, detail))
                    << kind << '.' << subject << '.' << detail;
    EXPECT_EQ(meaning_of({}), Heard::nothing);
}

TEST(Deliverability, EveryReport)
{
    int counted = 0;
    for (unsigned bits = 0; bits < 32; ++bits)
        for (const Duration age : {-Duration{days{1}}, Duration{0}, days{14} - ms, Duration{days{14}}}) {
            const auto bit = [bits](unsigned n) { return (bits >> n & 1U) != 0; };
            const ReportFacts facts{bit(0), bit(1), bit(2), bit(3), bit(4), start - age};
            const auto answer = judge_report(facts, start, limits);
            const auto expected = !bit(0)              ? ReportAnswer::forged
                                  : !bit(1) || !bit(2) ? ReportAnswer::unknown
                                  : age >= days{14}    ? ReportAnswer::too_old
                                  : bit(3)             ? ReportAnswer::reported_before
                                  : bit(4)             ? ReportAnswer::counts
                                                       : ReportAnswer::message_only;
            ASSERT_EQ(answer, expected);
            counted += answer == ReportAnswer::counts ? 1 : 0;
        }
    EXPECT_EQ(counted, 3);
    EXPECT_EQ(judge_report({}, start, limits), ReportAnswer::forged) << "unfilled";
}

TEST(Deliverability, TheWebhookListensSoOften)
{
    for (const std::int64_t most : {1, 10, 3000}) {
        for (const std::int64_t count : {std::int64_t{0}, most - 1, most, most + 1}) {
            for (const Duration left : {-ms, Duration{0}, ms, Duration{std::chrono::minutes{1}}}) {
                const Instant next = next_intake_at({count, start + left}, most, start);
                const bool full = count >= most && left > Duration{0};
                EXPECT_EQ(next, full ? start + left : start) << count << " of " << most;
            }
        }
    }
    EXPECT_EQ(next_intake_at({}, 1, start), start) << "unfilled: nothing has come";
    const IntakeLimits intake;
    EXPECT_EQ(intake.reports_max, 3000);
    EXPECT_EQ(intake.wrong_secrets_max, 10);
    EXPECT_EQ(intake.window, std::chrono::minutes{1});
}

TEST(Deliverability, ItsNumbers)
{
    EXPECT_EQ(limits.failures, 3);
    EXPECT_EQ(limits.failures_over, hours{72});
    EXPECT_EQ(limits.quiet, days{6});
    EXPECT_EQ(limits.report_life, days{14});
    EXPECT_EQ(limits.junk_shown, days{30});
    EXPECT_EQ(Standing{}, (Standing{0, {}, {}, {}, {}, false}));
    EXPECT_EQ(Status{}, (Status{0, 0, 0}));
}

TEST(Deliverability, ItsRangesAreNamed)
{
    struct Row {
        const char* name;
        std::int64_t least, most;
    };
    constexpr std::int64_t day = 86'400'000;
    for (const Row& row :
         {Row{"failures", 2, 20}, Row{"failures_over", day, 30 * day}, Row{"quiet", 5 * day, 30 * day},
          Row{"report_life", 7 * day, 30 * day}, Row{"junk_shown", 7 * day, 180 * day}}) {
        Limits named;
        EXPECT_EQ(first_outside(named_limits(named)), nullptr);
        bool found = false;
        for (const NamedLimit& limit : named_limits(named)) {
            if (std::string_view(limit.name) != row.name) continue;
            found = true;
            EXPECT_EQ(limit.range.least, row.least);
            EXPECT_EQ(limit.range.most, row.most);
            const auto set = [&limit](std::int64_t value) {
                if (limit.is_time())
                    *std::get<Duration*>(limit.value) = Duration{value};
                else
                    *std::get<std::int64_t*>(limit.value) = value;
            };
            set(row.least - 1);
            EXPECT_STREQ(first_outside(named_limits(named)), row.name);
            set(row.most + 1);
            EXPECT_STREQ(first_outside(named_limits(named)), row.name);
            set(row.most);
            EXPECT_EQ(first_outside(named_limits(named)), nullptr);
        }
        EXPECT_TRUE(found) << row.name;
    }
}

}  // namespace
}  // namespace sallyport::policy::deliverability
