#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "policy/holds.h"
#include "support/range_check.h"

namespace sallyport::policy::holds {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Level> all_levels{Level::none, Level::aal1, Level::aal2, Level::aal3};

TEST(HoldsModel, EveryCause)
{
    using enum Cause;
    Limits limits;
    for (const Duration approved : {Duration{0}, Duration{hours{24}}})
        for (const Cause cause :
             {password_changed, password_reset, factor_added, factor_changed, factor_removed, kit_made,
              email_changed, phone_changed, recovered, contested})
            for (const bool apart : {false, true})
                for (const bool nobody_else : {false, true}) {
                    limits.approved_change = approved;
                    const Duration expected = cause == contested             ? Duration{days{14}}
                                              : nobody_else                  ? Duration{days{7}}
                                              : cause == recovered || !apart ? Duration{hours{72}}
                                                                             : approved;
                    ASSERT_EQ(hold_after({cause, apart, nobody_else}, limits), expected);
                }
    EXPECT_EQ(hold_after({}, limits), days{7}) << "facts never filled in hold longest";
    EXPECT_EQ(hold_after({.cause = Cause::password_reset, .told_nobody_else = false}, limits), hours{72});
    EXPECT_EQ(hold_after({.cause = Cause::password_reset}, limits), days{7});
    EXPECT_EQ(hold_after({.cause = Cause::exits_paused}, limits), hours{72}) << "whoever was told";
}

TEST(HoldsModel, EveryCauseHasItsName)
{
    const std::vector<std::string_view> names{
        "password_changed", "password_reset", "factor_added", "factor_changed", "factor_removed", "kit_made",
        "email_changed",    "phone_changed",  "recovered",    "contested",      "exits_paused"};
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(name_of(static_cast<Cause>(i)), names[i]);
}

TEST(HoldsModel, TheLongestWinsInEveryOrder)
{
    const std::vector<Duration> lengths{Duration{0}, hours{24}, hours{72}, days{7}};
    for (const Duration a : lengths)
        for (const Duration b : lengths)
            for (const Duration later : {Duration{0}, Duration{hours{30}}}) {
                const Instant first = until(std::nullopt, start, a);
                ASSERT_EQ(first, start + a);
                const Instant both = until(first, start + later, b);
                ASSERT_EQ(both, std::max(start + a, start + later + b));
                ASSERT_GE(both, first) << "never shortened";
            }
}

TEST(HoldsModel, WhoApprovesApart)
{
    const Limits limits;
    const std::vector<roots::Kept> others{roots::mailbox(1), roots::phone_number()};
    for (const Method method : every_method)
        for (const Duration age : {Duration{0}, hours{72} - ms, Duration{hours{72}}})
            for (const auto& kept : {roots::hardware(1), roots::synced_passkey(1), roots::synced_passkey(2),
                                     roots::app(false)}) {
                const bool resistant = method == Method::passkey || method == Method::bound_passkey ||
                                       method == Method::touched_key;
                ASSERT_EQ(is_phishing_resistant(method), resistant);
                const bool apart = kept == roots::hardware(1) || kept == roots::synced_passkey(2);
                ASSERT_EQ(approves_apart({method, kept, start - age}, others, start, limits),
                          resistant && age >= hours{72} && apart);
            }
    EXPECT_EQ(Approval{}.method, Method::password);
}

TEST(HoldsModel, WhoWasTold)
{
    const std::vector<roots::Kept> channels{roots::mailbox(1), roots::mailbox(2), roots::mailbox(0),
                                            roots::phone_number()};
    for (unsigned told_bits = 0; told_bits < 16; ++told_bits)
        for (unsigned evidence_bits = 0; evidence_bits < 16; ++evidence_bits) {
            std::vector<roots::Kept> told, evidence;
            for (unsigned n = 0; n < 4; ++n) {
                if (told_bits >> n & 1u) told.push_back(channels[n]);
                if (evidence_bits >> n & 1u) evidence.push_back(channels[n]);
            }
            const bool somebody = std::ranges::any_of(told, [&](const auto& channel) {
                return std::ranges::none_of(evidence,
                                            [&](const auto& e) { return roots::fall_together(channel, e); });
            });
            ASSERT_EQ(told_nobody_else(told, evidence), !somebody);
        }
    EXPECT_TRUE(told_nobody_else({}, {})) << "nobody was told";
}

// --- exits: each factor absent, new, 72 h or 7 days old
const std::vector<Approval> kinds{
    {Method::totp, roots::app(false), {}},           {Method::passkey, roots::synced_passkey(1), {}},
    {Method::passkey, roots::synced_passkey(2), {}}, {Method::bound_passkey, roots::hardware(1), {}},
    {Method::touched_key, roots::hardware(2), {}},   {Method::sms_code, roots::hardware(9), {}}};
const std::vector<Duration> ages{hours{72} - ms, Duration{hours{72}}, days{7} - ms, Duration{days{7}}};

TEST(HoldsModel, WhatEveryProofApproves)
{
    const Limits limits;
    int at_once = 0;
    for (int code = 0; code < 15625; ++code) {
        std::vector<Approval> approvals;
        std::vector<roots::Kept> second;
        Duration oldest{-1};
        for (int i = 0, rest = code; i < 6; ++i, rest /= 5) {
            if (rest % 5 == 0) continue;
            Approval approval = kinds[static_cast<std::size_t>(i)];
            const Duration age = ages[static_cast<std::size_t>(rest % 5 - 1)];
            approval.created = start - age;
            approvals.push_back(approval);
            if (i == 5) continue;
            oldest = std::max(oldest, age);
            if (age >= days{7}) second.push_back(approval.kept);
        }
        const ExitFacts facts{.frozen = false,
                              .session = Level::aal2,
                              .stepped_up = true,
                              .approvals = approvals,
                              .browser_known_since = start - days{9},
                              .payee_added = start - days{9},
                              .asked_at = start};
        const auto verdict = judge_exit(facts, start, limits);
        if (oldest < Duration{0}) {
            ASSERT_EQ(verdict.answer, ExitAnswer::needs_step_up) << "a code by text approves nothing";
        } else if (oldest < hours{72}) {
            ASSERT_EQ(verdict.answer, ExitAnswer::too_young);
            ASSERT_EQ(verdict.until, start - oldest + hours{72});
            ASSERT_EQ(verdict.why, Why::young_factor);
        } else if (roots::count_approving_roots(second) >= 2) {
            ASSERT_EQ(verdict.answer, ExitAnswer::go);
            ASSERT_EQ(verdict.why, Why::nothing);
            ++at_once;
        } else {
            ASSERT_EQ(verdict.answer, ExitAnswer::wait);
            ASSERT_EQ(verdict.until, start + days{7});
            ASSERT_EQ(verdict.why, Why::one_root);
        }
    }
    EXPECT_GT(at_once, 0);
}

TEST(HoldsModel, WhatEveryExitWaitsFor)
{
    const Limits limits;
    std::vector<Approval> one{kinds[0]}, two{kinds[0], kinds[3]};
    for (auto* all : {&one, &two})
        for (Approval& approval : *all) approval.created = start - days{100};
    int went = 0;
    for (unsigned bits = 0; bits < 32; ++bits)
        for (const Level session : all_levels)
            for (const Duration hold : {-ms, Duration{0}, ms, Duration{days{20}}})
                for (const Duration browser :
                     {Duration{-ms}, Duration{0}, hours{72} - ms, Duration{hours{72}}})
                    for (const Duration payee : {Duration{0}, days{7} - ms, Duration{days{7}}})
                        for (const Duration asked : {Duration{0}, Duration{days{7}}}) {
                            const bool frozen = bits & 1, stepped_up = bits & 2, approved = bits & 4;
                            const bool above = bits & 8, both = bits & 16;
                            const auto known =
                                browser < Duration{0} ? std::nullopt : std::optional(start - browser);
                            const ExitFacts facts{frozen,        session,      stepped_up, both ? two : one,
                                                  known,         approved,     above,      start + hold,
                                                  start - payee, start - asked};
                            const auto v = judge_exit(facts, start, limits);
                            ASSERT_EQ(v.answer == ExitAnswer::frozen, frozen) << "the owner's freeze wins";
                            if (frozen) continue;
                            ASSERT_EQ(v.answer == ExitAnswer::needs_level, session < Level::aal2);
                            if (session < Level::aal2) continue;
                            ASSERT_EQ(v.answer == ExitAnswer::needs_step_up, !stepped_up);
                            if (!stepped_up) continue;
                            Instant latest = start;
                            const auto later = [&](Instant at) { latest = std::max(latest, at); };
                            if (!approved) later(known.value_or(start) + hours{72});
                            if (above) later(start + hold);
                            if (above) later(start - payee + days{7});
                            if (above && !both) later(start - asked + days{7});
                            ASSERT_EQ(v.answer, latest > start ? ExitAnswer::wait : ExitAnswer::go);
                            ASSERT_EQ(v.until, latest);
                            if (v.why == Why::browser)
                                ASSERT_TRUE(!approved && latest == known.value_or(start) + hours{72});
                            if (v.why == Why::hold) ASSERT_TRUE(above && latest == start + hold);
                            if (v.why == Why::payee) ASSERT_TRUE(above && latest == start - payee + days{7});
                            if (v.why == Why::one_root) ASSERT_TRUE(above && !both && asked == Duration{0});
                            ASSERT_EQ(v.why == Why::nothing, latest == start);
                            ASSERT_NE(v.why, Why::young_factor);
                            went += v.answer == ExitAnswer::go;
                        }
    EXPECT_GT(went, 0);
}

TEST(Holds, FactsNeverFilledInLetNothingOut)
{
    EXPECT_EQ(judge_exit({}, start, {}).answer, ExitAnswer::frozen);
    EXPECT_EQ(ExitVerdict{}.answer, ExitAnswer::frozen);
    EXPECT_EQ(ExitVerdict{}.why, Why::nothing);
    EXPECT_EQ(judge_exit({.frozen = false}, start, {}).answer, ExitAnswer::needs_level);
    const ExitFacts facts;
    EXPECT_EQ(facts.session, Level::none);
    EXPECT_EQ(Facts{}.cause, Cause::recovered);
    EXPECT_TRUE(facts.above_cap);
    EXPECT_FALSE(facts.browser_approved || facts.stepped_up);
    EXPECT_EQ(judge_exit(facts, start, {}).why, Why::nothing);
    EXPECT_EQ(judge_exit({.frozen = false}, start, {}).why, Why::nothing);
    EXPECT_EQ(judge_exit({.frozen = false, .session = Level::aal2}, start, {}).why, Why::nothing);
    EXPECT_EQ(judge_exit({.frozen = false, .session = Level::aal2}, start, {}).answer,
              ExitAnswer::needs_step_up);
}

TEST(Holds, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.change, hours{72});
    EXPECT_EQ(limits.approved_change, hours{24});
    EXPECT_EQ(limits.told_nobody_else, days{7});
    EXPECT_EQ(limits.one_root, days{7});
    EXPECT_EQ(limits.payee, days{7});
    EXPECT_EQ(limits.contested, days{14});
    EXPECT_EQ(limits.young, hours{72});
    const auto d = [](auto value) { return Duration{value}; };
    expect_range(&Limits::change, d(hours{72}), d(days{30}), "change");
    expect_range(&Limits::approved_change, d(hours{0}), d(hours{24}), "approved_change");
    expect_range(&Limits::told_nobody_else, d(days{7}), d(days{30}), "told_nobody_else");
    expect_range(&Limits::one_root, d(days{7}), d(days{30}), "one_root");
    expect_range(&Limits::payee, d(days{7}), d(days{30}), "payee");
    expect_range(&Limits::contested, d(days{1}), d(days{14}), "contested");
    expect_range(&Limits::young, d(hours{72}), d(days{30}), "young");
}

}  // namespace
}  // namespace sallyport::policy::holds
