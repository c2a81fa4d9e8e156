#include <gtest/gtest.h>

#include <vector>

#include "policy/challenge.h"
#include "support/range_check.h"

namespace sallyport::policy::challenge {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};
constexpr Duration ms{1};

TEST(ChallengeModel, EveryRowAndTry)
{
    const Limits limits;
    int right_count = 0;
    for (unsigned bits = 0; bits < 32; ++bits)
        for (std::int64_t tries = 0; tries < 8; ++tries)
            for (const Duration age : {Duration{0}, minutes{10} - ms, Duration{minutes{10}}}) {
                const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                const Facts facts{{start - age, 1, tries, bit(3)}, bit(0), bit(1), bit(2)};
                using enum Answer;
                const auto expected = !bit(0)              ? other_account
                                      : !bit(1)            ? other_purpose
                                      : !bit(2)            ? other_browser
                                      : bit(3)             ? used
                                      : age >= minutes{10} ? expired
                                      : tries >= 5         ? spent
                                                           : Answer::right;
                ASSERT_EQ(may_try(facts, start, limits), expected);
                ASSERT_EQ(judge(facts, bit(4), start, limits),
                          expected == Answer::right && !bit(4) ? wrong : expected);
                ASSERT_EQ(tries_left(facts.challenge, limits), tries >= 5 ? 0 : 5 - tries);
                right_count += static_cast<int>(judge(facts, bit(4), start, limits) == Answer::right);
            }
    EXPECT_EQ(right_count, 5 * 2);
    EXPECT_NE(may_try({}, start, limits), Answer::right);
    const Facts whole{{start, 1, 0, false}, true, true, true};
    EXPECT_EQ(may_try(whole, start, limits), Answer::right);
    EXPECT_EQ(may_try({.challenge = {start}, .same_purpose = true, .same_browser = true}, start, limits),
              Answer::other_account);
    EXPECT_EQ(may_try({.challenge = {start}, .same_account = true, .same_browser = true}, start, limits),
              Answer::other_purpose);
    EXPECT_EQ(may_try({.challenge = {start}, .same_account = true, .same_purpose = true}, start, limits),
              Answer::other_browser);
    EXPECT_EQ(Challenge{}, (Challenge{{}, 0, 0, false}));
    EXPECT_EQ(Day{}, (Day{0, {}}));
}

TEST(ChallengeModel, SendingAgainNeverGivesTries)
{
    // Every trace of sending, guessing wrong and waiting: a challenge has five tries while any of its codes
    // lives.
    const Limits limits;
    std::int64_t traces = 0;
    auto walk = [&](auto& self, std::optional<Challenge> row, Day day, Instant now, std::int64_t since_begun,
                    int depth) -> void {
        ++traces;
        if (depth == 0) return;
        const SendVerdict sent = send_code(row, day, now, limits);
        if (sent.send) {
            const bool anew = !row || now >= row->sent_at + limits.life;
            ASSERT_EQ(sent.challenge.tries, anew ? 0 : row->tries);
            ASSERT_EQ(sent.challenge.sends, anew ? 1 : row->sends + 1);
            ASSERT_EQ(sent.challenge.sent_at, now);
            ASSERT_FALSE(sent.challenge.used);
            ASSERT_LE(sent.challenge.sends, limits.sends_max);
            ASSERT_LE(sent.day.sent, limits.sends_a_day_max);
            if (row) ASSERT_GE(now, row->sent_at + limits.send_gap);
            self(self, sent.challenge, sent.day, now, anew ? 0 : since_begun, depth - 1);
        } else {
            ASSERT_EQ(sent.challenge, row.value_or(Challenge{}));
            ASSERT_EQ(sent.day, day);
            ASSERT_GT(sent.next_send_at, now) << "a limit names its end";
            ASSERT_TRUE(send_code(row, day, sent.next_send_at, limits).send || sent.next_send_at < day.ends)
                << "and then it is over";
        }
        if (row && may_try({*row, true, true, true}, now, limits) == Answer::right) {
            Challenge tried = *row;
            ++tried.tries;
            ASSERT_LE(since_begun + 1, limits.tries_max);
            self(self, tried, day, now, since_begun + 1, depth - 1);
        }
        for (const Duration wait : {Duration{seconds{60}}, Duration{minutes{10}}})
            self(self, row, day, now + wait, since_begun, depth - 1);
    };
    walk(walk, std::nullopt, {}, start, 0, 9);
    EXPECT_GT(traces, 1000);
}

TEST(Challenge, WhenTheNextMayBeSent)
{
    const Limits limits;
    const SendVerdict first = send_code(std::nullopt, {}, start, limits);
    ASSERT_TRUE(first.send);
    EXPECT_EQ(first.challenge, (Challenge{start, 1, 0, false}));
    EXPECT_EQ(first.day, (Day{1, start + hours{24}}));
    const auto at = [&](const Challenge& row, const Day& day, Duration after) {
        return send_code(row, day, start + after, limits);
    };
    EXPECT_FALSE(at(first.challenge, first.day, seconds{60} - ms).send);
    EXPECT_EQ(at(first.challenge, first.day, ms).next_send_at, start + seconds{60});
    const auto second = at({start, 1, 3, false}, first.day, seconds{60});
    ASSERT_TRUE(second.send);
    EXPECT_EQ(second.challenge, (Challenge{start + seconds{60}, 2, 3, false}));
    EXPECT_EQ(second.day, (Day{2, start + hours{24}}));
    for (const Challenge& full : {Challenge{start, 5, 0, false}, Challenge{start, 1, 5, false}}) {
        EXPECT_EQ(at(full, first.day, minutes{2}).next_send_at, start + minutes{10})
            << "until its last code is dead";
        EXPECT_FALSE(at(full, first.day, minutes{10} - ms).send);
        EXPECT_EQ(at(full, first.day, minutes{10}).challenge, (Challenge{start + minutes{10}, 1, 0, false}));
    }
    EXPECT_TRUE(at({start, 4, 4, false}, first.day, minutes{1}).send);
    const Challenge used{start, 5, 5, true};
    EXPECT_EQ(at(used, first.day, seconds{59}).next_send_at, start + seconds{60}) << "the gap stays";
    EXPECT_EQ(at(used, first.day, seconds{60}).challenge, (Challenge{start + seconds{60}, 1, 0, false}));
    const Day full{5, start + hours{3}};
    EXPECT_FALSE(at(used, full, hours{3} - ms).send);
    EXPECT_EQ(at(used, full, hours{1}).next_send_at, start + hours{3});
    EXPECT_EQ(at(used, full, hours{3}).day, (Day{1, start + hours{27}}));
    EXPECT_TRUE(at(used, {4, start + hours{3}}, hours{1}).send);
    EXPECT_EQ(send_code(std::nullopt, full, start, limits).next_send_at, start + hours{3});
    EXPECT_FALSE(send_code(std::nullopt, full, start, limits).send);
    EXPECT_EQ(at({start, 1, 0, false}, {5, start + seconds{30}}, seconds{10}).next_send_at,
              start + seconds{60})
        << "the later of two";
    EXPECT_FALSE(SendVerdict{}.send);
}

TEST(ChallengeModel, EveryTextAndCall)
{
    const SmsLimits limits{.country_max = 20, .all_max = 40};
    const Instant ends = start + minutes{7};
    int texts = 0, calls = 0;
    for (const auto kind : {NumberKind::mobile, NumberKind::fixed_or_mobile, NumberKind::voip,
                            NumberKind::landline, NumberKind::premium, NumberKind::other})
        for (unsigned bits = 0; bits < 16; ++bits)
            for (const std::int64_t number : {4, 5, 6})
                for (const std::int64_t network : {9, 10})
                    for (const std::int64_t country : {9, 10, 19, 20})
                        for (const std::int64_t all : {19, 20, 39, 40}) {
                            const bool proven = bits & 1, voice = bits & 2, served = bits & 4,
                                       calling = bits & 8, fixed = kind == NumberKind::landline;
                            const SmsFacts facts{kind,
                                                 proven,
                                                 voice,
                                                 served,
                                                 calling,
                                                 {number, ends},
                                                 {network, ends + ms},
                                                 {country, ends + 2 * ms},
                                                 {all, ends + 3 * ms}};
                            const auto verdict = judge_sms(facts, start, limits);
                            using enum SmsAnswer;
                            const std::int64_t country_most = proven ? 20 : 10, all_most = proven ? 40 : 20;
                            const bool called = calling && (fixed || (voice && kind != NumberKind::voip));
                            const auto expected = kind == NumberKind::premium ? premium_refused
                                                  : kind == NumberKind::other ? unreachable
                                                  : fixed && !calling         ? no_calls
                                                  : !served                   ? country_not_served
                                                  : number >= 5               ? number_full
                                                  : network >= 10             ? network_full
                                                  : country >= country_most || all >= all_most ? busy
                                                  : called                                     ? call
                                                                                               : text;
                            ASSERT_EQ(verdict.answer, expected);
                            if (expected == number_full) ASSERT_EQ(verdict.next_at, ends);
                            if (expected == network_full) ASSERT_EQ(verdict.next_at, ends + ms);
                            if (expected == busy)
                                ASSERT_EQ(verdict.next_at, ends + (country >= country_most ? 2 : 3) * ms);
                            texts += expected == text;
                            calls += expected == call;
                        }
    EXPECT_GT(texts, 0);
    EXPECT_GT(calls, 0);
    const SmsFacts over{NumberKind::mobile, false,       false,       true,       false,
                        {99, start},        {99, start}, {99, start}, {99, start}};
    EXPECT_EQ(judge_sms(over, start, limits).answer, SmsAnswer::text) << "the windows are over";
    EXPECT_EQ(judge_sms({}, start, limits).answer, SmsAnswer::unreachable);
    EXPECT_EQ(SmsVerdict{}.answer, SmsAnswer::unreachable);
    EXPECT_EQ(judge_sms({.kind = NumberKind::mobile}, start, limits).answer, SmsAnswer::country_not_served);
    EXPECT_EQ(
        judge_sms({.kind = NumberKind::mobile, .country_served = true, .country = {10, ends}}, start, limits)
            .answer,
        SmsAnswer::busy)
        << "not proven unless said";
    EXPECT_EQ(judge_sms({.kind = NumberKind::mobile, .country_served = true}, start, limits).answer,
              SmsAnswer::text);
}

TEST(Challenge, AnHoursCount)
{
    EXPECT_EQ(Count{}, (Count{0, {}}));
    EXPECT_EQ(after_send({}, start, hours{1}), (Count{1, start + hours{1}}));
    EXPECT_EQ(after_send({3, start + ms}, start, hours{1}), (Count{4, start + ms}));
    EXPECT_EQ(after_send({3, start}, start, hours{1}), (Count{1, start + hours{1}}));
}

TEST(ChallengeModel, APumpNeverSilencesAProvenNumber)
{
    // Strangers ask for as many texts as they get, to ever new numbers from ever new networks.
    const SmsLimits limits{.country_max = 10, .all_max = 30};
    Count country, all;
    for (int n = 0; n < 100; ++n) {
        const SmsFacts facts{NumberKind::mobile, false, false, true, false, {}, {}, country, all};
        if (judge_sms(facts, start, limits).answer != SmsAnswer::text) continue;
        country = after_send(country, start, limits.window);
        all = after_send(all, start, limits.window);
    }
    EXPECT_EQ(country.sent, 5);
    EXPECT_EQ(
        judge_sms({NumberKind::mobile, true, false, true, false, {}, {}, country, all}, start, limits).answer,
        SmsAnswer::text);
}

TEST(Challenge, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.digits, 6);
    EXPECT_EQ(limits.life, minutes{10});
    EXPECT_EQ(limits.tries_max, 5);
    EXPECT_EQ(limits.sends_max, 5);
    EXPECT_EQ(limits.send_gap, seconds{60});
    EXPECT_EQ(limits.sends_a_day_max, 5);
    const auto n = [](std::int64_t value) { return value; };
    expect_range(&Limits::digits, n(6), n(8), "digits");
    expect_range(&Limits::life, Duration{minutes{5}}, Duration{minutes{10}}, "life");
    expect_range(&Limits::tries_max, n(3), n(5), "tries_max");
    expect_range(&Limits::sends_max, n(2), n(5), "sends_max");
    expect_range(&Limits::send_gap, Duration{seconds{30}}, Duration{minutes{5}}, "send_gap");
    expect_range(&Limits::sends_a_day_max, n(3), n(9), "sends_a_day_max");
    const SmsLimits sms;
    EXPECT_EQ(sms.number_max, 5);
    EXPECT_EQ(sms.network_max, 10);
    EXPECT_EQ(sms.country_max, 1000);
    EXPECT_EQ(sms.all_max, 5000);
    EXPECT_EQ(sms.number_window, hours{24});
    EXPECT_EQ(sms.window, hours{1});
    expect_range(&SmsLimits::number_max, n(3), n(10), "number_max");
    expect_range(&SmsLimits::network_max, n(3), n(100), "network_max");
    expect_range(&SmsLimits::country_max, n(2), n(1'000'000), "country_max");
    expect_range(&SmsLimits::all_max, n(2), n(10'000'000), "all_max");
    expect_range(&SmsLimits::number_window, Duration{hours{1}}, Duration{hours{24}}, "number_window");
    expect_range(&SmsLimits::window, Duration{minutes{10}}, Duration{hours{24}}, "window");
}

}  // namespace
}  // namespace sallyport::policy::challenge
