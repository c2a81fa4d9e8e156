#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "policy/roads.h"
#include "support/range_check.h"

namespace sallyport::policy::roads {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Stage> all_stages{Stage::gathering, Stage::waiting, Stage::ready,
                                    Stage::finished,  Stage::ended,   Stage::expired};
const std::vector<Channel> all_channels{Channel::mail, Channel::notice_mail, Channel::text, Channel::session};

Case open_case(Stage stage = Stage::waiting)
{
    Case open = begin(Road::kit, start);
    open.stage = stage;
    open.enter_at = start + hours{1};
    return open;
}

TEST(RoadsModel, EveryStageAtEveryTime)
{
    const Limits limits;
    for (const Stage stage : all_stages)
        for (const Duration at : {Duration{0}, minutes{30} - ms, Duration{minutes{30}}, hours{1} - ms,
                                  Duration{hours{1}}, hours{73} - ms, Duration{hours{73}}}) {
            const Stage now = stage_at(open_case(stage), start + at, limits);
            if (stage == Stage::gathering)
                ASSERT_EQ(now, at < minutes{30} ? Stage::gathering : Stage::expired);
            else if (stage == Stage::waiting || stage == Stage::ready)
                ASSERT_EQ(now, at < hours{1}    ? Stage::waiting
                               : at < hours{73} ? Stage::ready
                                                : Stage::expired);
            else
                ASSERT_EQ(now, stage);
            ASSERT_EQ(is_open(stage),
                      stage == Stage::gathering || stage == Stage::waiting || stage == Stage::ready);
            for (const bool code : {false, true})
                ASSERT_EQ(may_finish(open_case(stage), code, start + at, limits),
                          code && now == Stage::ready);
        }
    EXPECT_EQ(finish_until(open_case(), limits), start + hours{73});
    const Case begun = begin(Road::kit, start);
    EXPECT_EQ(begun.begun, start);
    EXPECT_EQ(begun.stage, Stage::gathering);
    EXPECT_EQ(begun.road, Road::kit);
    EXPECT_EQ(begun.given, Set<Evidence>{});
    EXPECT_EQ(begun.paused, Set<Channel>{});
}

TEST(RoadsModel, EvidenceInEveryOrder)
{
    const Limits limits;
    using enum Evidence;
    for (const Evidence first : {mailed_code, recovery_code})
        for (const Evidence second : {mailed_code, recovery_code})
            for (const Duration at : {Duration{0}, Duration{minutes{29}}}) {
                const Given one = give(begin(Road::kit, start), first, start, limits);
                ASSERT_TRUE(one.taken);
                ASSERT_FALSE(one.wait_begins) << "one piece opens nothing";
                ASSERT_EQ(one.after.stage, Stage::gathering);
                ASSERT_TRUE(one.after.given.has(first));
                const Given two = give(one.after, second, start + at, limits);
                ASSERT_TRUE(two.taken);
                ASSERT_EQ(two.wait_begins, first != second);
                ASSERT_EQ(two.after.stage, first != second ? Stage::waiting : Stage::gathering);
                if (first != second) ASSERT_EQ(two.after.enter_at, start + at + hours{1});
            }
    for (const Stage stage : all_stages) {
        if (stage == Stage::gathering) continue;
        const Given late = give(open_case(stage), mailed_code, start, limits);
        EXPECT_FALSE(late.taken || late.wait_begins);
        EXPECT_EQ(late.after, open_case(stage));
    }
    EXPECT_FALSE(give(begin(Road::kit, start), mailed_code, start + minutes{30}, limits).taken);
    EXPECT_FALSE(Given{}.taken || Given{}.wait_begins);
    EXPECT_EQ(terms_of(Road::kit, limits).wait, hours{1});
    EXPECT_EQ(terms_of(Road::kit, limits).needs, (Set<Evidence>{mailed_code, recovery_code}));
}

TEST(RoadsModel, EveryVeto)
{
    const Limits limits;
    for (const Stage stage : all_stages)
        for (const Duration at : {Duration{0}, Duration{hours{2}}, Duration{hours{80}}})
            for (const Duration before : {-ms, Duration{0}, days{30} - ms, Duration{days{30}}}) {
                const Case open = open_case(stage);
                const Instant now = start + at;
                const Stage is = stage_at(open, now, limits);
                const bool told = is == Stage::waiting || is == Stage::ready;
                const auto last = before < Duration{0} ? std::nullopt : std::optional(now - before);
                const auto strong = veto(open, Channel::session, {Method::totp}, last, now, limits);
                const auto nothing = is == Stage::finished ? VetoAnswer::too_late : VetoAnswer::nothing;
                ASSERT_EQ(strong.answer, told ? VetoAnswer::ended : nothing);
                ASSERT_EQ(strong.after.stage, told ? Stage::ended : stage);
                ASSERT_EQ(strong.contested, told && last && before < days{30});
                for (const Channel channel : all_channels) {
                    const auto once = veto(open, channel, {}, last, now, limits);
                    ASSERT_FALSE(once.contested);
                    ASSERT_EQ(once.answer, told ? VetoAnswer::paused : nothing);
                    if (!told) {
                        ASSERT_EQ(once.after, open);
                        continue;
                    }
                    ASSERT_EQ(once.after.enter_at, std::max(open.enter_at, now) + hours{72});
                    ASSERT_EQ(stage_at(once.after, now, limits), Stage::waiting);
                    ASSERT_EQ(once.after.stage, Stage::waiting);
                    const auto twice = veto(once.after, channel, {}, std::nullopt, now, limits);
                    ASSERT_EQ(twice.answer, VetoAnswer::once_only);
                    ASSERT_EQ(twice.after, once.after);
                    for (const Channel other : all_channels)
                        if (other != channel)
                            ASSERT_EQ(veto(once.after, other, {}, std::nullopt, now, limits).answer,
                                      VetoAnswer::paused);
                }
            }
    EXPECT_EQ(VetoVerdict{}.answer, VetoAnswer::nothing);
    EXPECT_FALSE(VetoVerdict{}.contested);
}

TEST(RoadsModel, WhatWasShownForAVetoDecides)
{
    const Limits limits;
    for (unsigned bits = 0; bits < 1u << every_method.size(); ++bits) {
        Methods shown;
        for (std::size_t n = 0; n < every_method.size(); ++n)
            if (bits >> n & 1u) shown.add(every_method[n]);
        const bool touched = shown.has(Method::touched_key) && shown.has(Method::password);
        const bool strong = touched || shown.has(Method::totp) || shown.has(Method::passkey) ||
                            shown.has(Method::bound_passkey);
        ASSERT_EQ(can_end(shown), strong);
        for (const Channel channel : all_channels) {
            const auto first = veto(open_case(), channel, shown, std::nullopt, start, limits);
            ASSERT_EQ(first.answer, strong ? VetoAnswer::ended : VetoAnswer::paused);
            const auto again = veto(first.after, channel, shown, std::nullopt, start, limits);
            ASSERT_EQ(again.answer, strong ? VetoAnswer::nothing : VetoAnswer::once_only);
            const auto paused = veto(open_case(), channel, {}, std::nullopt, start, limits).after;
            ASSERT_EQ(veto(paused, channel, shown, std::nullopt, start, limits).answer,
                      strong ? VetoAnswer::ended : VetoAnswer::once_only);
        }
    }
}

TEST(RoadsModel, WhoeverHoldsTheChannelsDelaysAndNoMore)  // invariant 6
{
    // All channels but no strong factor: in every order, each at the worst moment, the owner is in after 12
    // days.
    const Limits limits;
    std::vector<Channel> order = all_channels;
    do {
        for (const bool at_the_end : {false, true}) {
            Case open = open_case();
            Instant now = start;
            for (const Channel channel : order) {
                if (at_the_end) now = finish_until(open, limits) - ms;
                open = veto(open, channel, {}, std::nullopt, now, limits).after;
            }
            EXPECT_EQ(stage_at(open, open.enter_at, limits), Stage::ready);
            for (const Channel channel : all_channels)
                EXPECT_EQ(veto(open, channel, {}, std::nullopt, now, limits).answer, VetoAnswer::once_only);
            if (!at_the_end) EXPECT_EQ(open.enter_at, start + hours{1} + 4 * hours{72});
        }
    } while (std::ranges::next_permutation(order).found);
}

TEST(Roads, WhatEndsACase)
{
    using enum Happening;
    for (const Happening happening : {locked, unlocked, signed_in})
        EXPECT_FALSE(ends_case(happening, Road::kit));
    for (const Happening happening : {withdrawn, kit_made, other_road_finished})
        EXPECT_TRUE(ends_case(happening, Road::kit));
    for (const Method method : every_method)
        EXPECT_EQ(replaces(Road::kit, method), method == Method::password || method == Method::totp);
}

TEST(RoadsModel, EveryHold)
{
    const std::vector<roots::Kept> evidence{roots::mailbox(1), roots::kit()};
    const holds::Limits limits;
    EXPECT_EQ(hold_after(std::vector{roots::mailbox(1)}, evidence, limits), days{7})
        << "kit and mailbox were all";
    EXPECT_EQ(hold_after(std::vector{roots::mailbox(1), roots::mailbox(2)}, evidence, limits), hours{72});
    EXPECT_EQ(hold_after(std::vector{roots::mailbox(1), roots::phone_number()}, evidence, limits), hours{72});
    EXPECT_EQ(hold_after({}, evidence, limits), days{7});
}

TEST(RoadsModel, TheShortestWayForEverySet)
{
    const std::vector<Have> all{Have::mailbox, Have::phone_number, Have::password,      Have::app,
                                Have::passkey, Have::key,          Have::recovery_code, Have::session};
    for (unsigned bits = 0; bits < 256; ++bits) {
        Set<Have> have;
        for (unsigned n = 0; n < 8; ++n)
            if (bits >> n & 1u) have.add(all[n]);
        const bool strong = have.has(Have::app) || have.has(Have::passkey) || have.has(Have::key);
        const bool signs_in = have.has(Have::passkey) || (have.has(Have::password) && strong);
        const bool mail = have.has(Have::mailbox);
        const Way expected = signs_in                                ? Way::sign_in
                             : mail && strong                        ? Way::reset
                             : mail && have.has(Have::recovery_code) ? Way::kit
                                                                     : Way::none_yet;
        ASSERT_EQ(shortest(have), expected);
    }
    EXPECT_EQ(shortest({Have::phone_number, Have::mailbox}), Way::none_yet)
        << "text and mail together open nothing";
}

TEST(Roads, ASetHoldsWhatWasAdded)
{
    for (const Channel a : all_channels)
        for (const Channel b : all_channels) {
            Set<Channel> two{a};
            two.add(b), two.add(b);
            EXPECT_TRUE(two.has(a) && two.has(b));
            EXPECT_EQ(Set<Channel>{a}.has(b), a == b);
            EXPECT_EQ(Set<Channel>{a}.has_all({a, b}), a == b);
            EXPECT_TRUE(two.has_all(Set<Channel>{a}));
            EXPECT_TRUE(two.has_all({}));
        }
}

TEST(Roads, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.kit_wait, hours{1});
    EXPECT_EQ(limits.gathering, minutes{30});
    EXPECT_EQ(limits.finish_within, hours{72});
    EXPECT_EQ(limits.pause, hours{72});
    EXPECT_EQ(limits.memory, days{30});
    const auto d = [](auto value) { return Duration{value}; };
    expect_range(&Limits::kit_wait, d(hours{1}), d(hours{72}), "kit_wait");
    expect_range(&Limits::gathering, d(minutes{15}), d(hours{24}), "gathering");
    expect_range(&Limits::finish_within, d(hours{24}), d(days{7}), "finish_within");
    expect_range(&Limits::pause, d(hours{24}), d(hours{72}), "pause");
    expect_range(&Limits::memory, d(days{30}), d(days{30}), "memory");
}

}  // namespace
}  // namespace sallyport::policy::roads
