#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <vector>

#include "base/check.h"
#include "policy/factors.h"

namespace sallyport::policy::factors {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};

// --- codes
// ----------------------------------------------------------------------------------------------------------

TEST(FactorsModel, EveryCodeAtEveryDrift)
{
    constexpr std::int64_t now = 1000;
    for (std::int64_t drift = -1; drift <= 1; ++drift)
        for (const bool enrolment : {false, true}) {
            const Steps steps = accepted_steps(now, drift, enrolment);
            ASSERT_EQ(steps.last - steps.first + 1, enrolment ? 3 : 2) << "never widened";
            ASSERT_TRUE(steps.holds(now + (enrolment ? 0 : drift)));
            ASSERT_TRUE(steps.holds(now - 1 + (enrolment ? 0 : drift)));
            if (enrolment) ASSERT_TRUE(steps.holds(now + 1));
            ASSERT_FALSE(steps.holds(steps.first - 1) || steps.holds(steps.last + 1));

            for (std::int64_t matched = now - 12; matched <= now + 12; ++matched)
                for (std::int64_t last = now - 14; last <= now + 14; ++last) {
                    const bool never_used = last == now - 14;
                    const auto last_step = never_used ? std::nullopt : std::optional{last};
                    const CodeVerdict verdict = judge_code({now, drift, last_step, matched, enrolment});
                    const bool inside = steps.holds(matched);
                    ASSERT_EQ(verdict.answer == CodeAnswer::wrong, !inside);
                    if (!inside) continue;
                    ASSERT_EQ(verdict.step, matched);
                    ASSERT_EQ(verdict.answer == CodeAnswer::replayed, !never_used && matched <= last);
                    if (verdict.answer != CodeAnswer::accepted) {
                        ASSERT_EQ(verdict.drift, drift) << "a replay teaches nothing";
                        continue;
                    }
                    // The smallest drift whose own window holds the match.
                    ASSERT_LE(std::abs(verdict.drift), 1);
                    ASSERT_TRUE(accepted_steps(now, verdict.drift, false).holds(matched));
                    for (std::int64_t other = -1; other <= 1; ++other)
                        if (accepted_steps(now, other, false).holds(matched))
                            ASSERT_LE(std::abs(verdict.drift), std::abs(other));
                }
            ASSERT_EQ(judge_code({now, drift, std::nullopt, std::nullopt, enrolment}).answer,
                      CodeAnswer::wrong);
        }
    EXPECT_THROW(accepted_steps(now, 2, false), ProgrammingError);
    EXPECT_THROW(accepted_steps(now, -2, true), ProgrammingError);
}

TEST(FactorsModel, AStepIsTakenOnceInEveryTrace)
{
    // Time stands still or goes on; any of the codes near it is typed, up to six times.
    const auto walk = [](auto&& self, std::int64_t now, std::int64_t drift, std::optional<std::int64_t> last,
                         std::set<std::int64_t>& spent, int depth) -> void {
        if (depth == 0) return;
        for (std::int64_t typed = now - 3; typed <= now + 3; ++typed) {
            const CodeVerdict verdict = judge_code({now, drift, last, typed, !last.has_value()});
            if (verdict.answer == CodeAnswer::accepted) {
                ASSERT_TRUE(spent.insert(typed).second) << "a step was taken twice";
                self(self, now, verdict.drift, verdict.step, spent, depth - 1);
                self(self, now + 1, verdict.drift, verdict.step, spent, depth - 1);
                spent.erase(typed);
            }
        }
        self(self, now + 1, drift, last, spent, depth - 1);
    };
    std::set<std::int64_t> spent;
    walk(walk, 50, 0, std::nullopt, spent, 7);
}

TEST(FactorsModel, ASteadyClockWithinAStepIsNeverShutOut)
{
    // A phone that is late or early by less than a step, typed within the step it shows: it always gets in.
    for (std::int64_t offset = -1; offset <= 1; ++offset) {
        const CodeVerdict enrolled = judge_code({100, 0, std::nullopt, 100 + offset, true});
        ASSERT_EQ(enrolled.answer, CodeAnswer::accepted);
        std::int64_t drift = enrolled.drift;
        std::int64_t last = enrolled.step;
        for (std::int64_t now = 102; now < 120; now += 2) {
            const CodeVerdict verdict = judge_code({now, drift, last, now + offset, false});
            ASSERT_EQ(verdict.answer, CodeAnswer::accepted) << offset;
            drift = verdict.drift;
            last = verdict.step;
        }
    }
}

TEST(Factors, ADriftIsNamedAfterTwoFailuresAndOnce)
{
    for (std::int64_t failures = 0; failures < 5; ++failures) {
        EXPECT_EQ(may_search_drift(failures), failures >= 2);
    }
    EXPECT_EQ(drift_search(500).first, 490);
    EXPECT_EQ(drift_search(500).last, 510);
    EXPECT_EQ(name_drift(500, std::nullopt), std::nullopt);
    for (std::int64_t step = 480; step <= 520; ++step) {
        const auto named = name_drift(500, step);
        EXPECT_EQ(named.has_value(), step >= 490 && step <= 510);
        if (named) EXPECT_EQ(*named, seconds{30} * (step - 500));
    }
    EXPECT_EQ(CodeVerdict{}.answer, CodeAnswer::wrong);
    EXPECT_EQ(judge_code({.now_step = 7, .matched = 8}).answer, CodeAnswer::wrong)
        << "no enrolment unless said";
    EXPECT_EQ(judge_code({.now_step = 7, .matched = 7}).answer, CodeAnswer::accepted);
    EXPECT_EQ(judge_code({.now_step = 7, .matched = 6}).answer, CodeAnswer::accepted);
    EXPECT_EQ(judge_code({.matched = 0}).step, 0);
    EXPECT_EQ(judge_code({.matched = 0}).answer, CodeAnswer::accepted);
    EXPECT_EQ(judge_code({.matched = -1}).answer, CodeAnswer::accepted);
    EXPECT_TRUE((Steps{.last = 0}.holds(0)));
    EXPECT_TRUE((Steps{.first = 0}.holds(0)));
    EXPECT_EQ(judge_code({}).step, 0);
    EXPECT_EQ(judge_code({}).drift, 0);
}

// --- ages and numbers
// -----------------------------------------------------------------------------------------------

TEST(Factors, AYoungFactorApprovesNoWeakening)
{
    const Limits limits;
    for (const Duration age :
         {Duration{0}, Duration{hours{72}} - Duration{1}, Duration{hours{72}}, Duration{hours{9000}}}) {
        EXPECT_EQ(is_young(start, start + age, limits), age < hours{72});
        EXPECT_EQ(may_approve_weakening(start, start + age, limits), age >= hours{72});
    }
    EXPECT_EQ(limits.apps_max, 2);
    EXPECT_EQ(limits.kits_max, 1);
    EXPECT_EQ(limits.codes_a_kit, 10);
    EXPECT_EQ(limits.young, hours{72});
    EXPECT_EQ(limits.removal, hours{24});
}

TEST(FactorsModel, EveryAdditionAndReplacement)
{
    const Limits limits;
    const std::vector<Level> levels{Level::none, Level::aal1, Level::aal2, Level::aal3};
    int added = 0, replaced = 0;
    for (const Level session : levels)
        for (const Level highest : {Level::aal1, Level::aal2, Level::aal3})
            for (const bool stepped_up : {false, true})
                for (std::int64_t apps = 0; apps < 4; ++apps)
                    for (const bool young : {false, true})
                        for (const bool running : {false, true}) {
                            const AddFacts facts{session, highest, stepped_up, apps, young, running};
                            const bool strong = session != Level::none && session >= highest;
                            const AddVerdict add = may_add_app(facts, limits);
                            const AddVerdict replace = may_replace_app(facts);
                            const AddVerdict kit = may_make_kit(facts, {0, true});
                            for (const AddVerdict verdict : {add, replace, kit}) {
                                ASSERT_EQ(verdict == AddVerdict::needs_level, !strong);
                                ASSERT_EQ(verdict == AddVerdict::needs_step_up, strong && !stepped_up);
                            }
                            if (!strong || !stepped_up) continue;
                            ASSERT_EQ(add, apps < 2 ? AddVerdict::allowed : AddVerdict::too_many);
                            ASSERT_EQ(kit, AddVerdict::allowed)
                                << "where none works there is nothing to kill";
                            for (const std::int64_t left : {0, 1, 10})
                                for (const bool older : {false, true})
                                    ASSERT_EQ(may_make_kit(facts, {left, older}), young && older && left > 0
                                                                                      ? AddVerdict::too_young
                                                                                      : AddVerdict::allowed);
                            ASSERT_EQ(replace == AddVerdict::allowed, !young && !running);
                            ASSERT_EQ(replace == AddVerdict::replacement_running, running);
                            ASSERT_EQ(replace == AddVerdict::too_young, young && !running);
                            added += add == AddVerdict::allowed;
                            replaced += replace == AddVerdict::allowed;
                        }
    EXPECT_EQ(added, 6 * 2 * 4);
    EXPECT_EQ(replaced, 6 * 4);
    const KitFacts unfilled;  // the safe side
    EXPECT_EQ(may_make_kit({.session = Level::aal2, .account_highest = Level::aal2}, unfilled),
              AddVerdict::needs_step_up);
    EXPECT_EQ(may_make_kit({.account_highest = Level::aal1}, unfilled), AddVerdict::needs_level);
    EXPECT_EQ(may_make_kit({.session = Level::aal2,
                            .account_highest = Level::aal2,
                            .stepped_up = true,
                            .approver_young = true},
                           unfilled),
              AddVerdict::too_young);
    EXPECT_EQ(unfilled.codes_left, 1);
    EXPECT_EQ(may_replace_app({.session = Level::aal2, .account_highest = Level::aal2, .stepped_up = true}),
              AddVerdict::allowed);
    Limits one;
    one.apps_max = 1;
    const AddFacts none{.session = Level::aal1, .account_highest = Level::aal1, .stepped_up = true};
    EXPECT_EQ(may_add_app(none, one), AddVerdict::allowed) << "no apps unless said";
}

TEST(FactorsModel, TheLastStrongFactorNeverGoesBeforeItsReplacementIsOldEnough)
{
    for (const Duration young : {Duration{hours{72}}, Duration{hours{12}}}) {
        Limits limits;
        limits.young = young;
        EXPECT_EQ(replaced_app_ends_after(true, limits), hours{24}) << "a removal waits";
        const Duration last = replaced_app_ends_after(false, limits);
        EXPECT_GE(last, hours{24});
        EXPECT_FALSE(is_young(start, start + last, limits));
        EXPECT_TRUE(last == hours{24} || last == young) << "and not longer than it must";
    }
}

TEST(FactorsModel, NothingIsInForceBeforeItsBackupIsProven)
{
    // Every trace of five events.
    for (unsigned bits = 0; bits < 32; ++bits)
        for (const SetUpKind kind : {SetUpKind::app, SetUpKind::kit}) {
            factors::SetUp stage = factors::SetUp::shown;
            bool code = false, backup_after_code = false, backup = false;
            for (unsigned n = 0; n < 5; ++n) {
                const bool is_code = (bits >> n & 1u) != 0;
                stage =
                    set_up_step(kind, stage, is_code ? SetUpEvent::code_right : SetUpEvent::backup_proven);
                backup = backup || !is_code;
                backup_after_code = backup_after_code || (code && !is_code);
                code = code || is_code;
                if (kind == SetUpKind::kit) {
                    ASSERT_EQ(stage, backup ? factors::SetUp::finished : factors::SetUp::shown);
                } else {
                    ASSERT_EQ(stage == factors::SetUp::finished, backup_after_code);
                    ASSERT_EQ(stage == factors::SetUp::shown, !code);
                }
            }
        }
}

}  // namespace
}  // namespace sallyport::policy::factors
