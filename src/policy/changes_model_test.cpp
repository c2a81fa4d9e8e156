#include <gtest/gtest.h>

#include <vector>

#include "policy/changes.h"
#include "support/range_check.h"

namespace sallyport::policy::changes {
namespace {

using std::chrono::days;
using std::chrono::hours;
using enum Kind;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Kind> all_kinds{remove_passkey, remove_app,      remove_password,
                                  change_email,   change_phone,    remove_notice_address,
                                  remove_phone,   stop_email_codes};
const std::vector<Stopper> all_stoppers{Stopper::strong_factor, Stopper::session, Stopper::mail,
                                        Stopper::text};

TEST(ChangesModel, EveryWish)
{
    const Limits limits;
    int waits = 0, at_once = 0;
    for (const Kind kind : all_kinds)
        for (const Level session : {Level::none, Level::aal1, Level::aal2, Level::aal3})
            for (const Level highest : {Level::aal1, Level::aal2, Level::aal3})
                for (unsigned bits = 0; bits < 64; ++bits) {
                    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                    const AskFacts facts{kind,   session, highest, bit(0), bit(1),
                                         bit(2), bit(3),  bit(4),  bit(5)};
                    const auto verdict = ask(facts, limits);
                    const bool strong =
                        session != Level::none && (session >= Level::aal2 || highest == Level::aal1);
                    const bool now = kind == remove_phone || kind == stop_email_codes;
                    const auto expected = !strong   ? AskAnswer::needs_level
                                          : !bit(0) ? AskAnswer::needs_step_up
                                          : bit(5)  ? AskAnswer::last_second_factor
                                          : now     ? AskAnswer::at_once
                                          : bit(1)  ? AskAnswer::too_young
                                          : bit(3)  ? AskAnswer::pending_already
                                                    : AskAnswer::waits;
                    ASSERT_EQ(verdict.answer, expected);
                    const bool full = session >= highest && bit(2) && !bit(4);
                    ASSERT_EQ(verdict.wait, expected != AskAnswer::waits ? Duration{0}
                                            : full                       ? Duration{hours{24}}
                                                                         : Duration{hours{72}});
                    ASSERT_EQ(is_at_once(kind), now);
                    waits += expected == AskAnswer::waits;
                    at_once += expected == AskAnswer::at_once;
                }
    EXPECT_GT(waits, 0);
    EXPECT_GT(at_once, 0);
    EXPECT_EQ(ask({}, limits).answer, AskAnswer::needs_level);
    EXPECT_EQ(AskVerdict{}.answer, AskAnswer::needs_level);
    const AskFacts none;
    EXPECT_TRUE(none.approver_young && !none.stepped_up && !none.browser_settled && !none.pending_already &&
                !none.stopped_lately && !none.last_second_factor);
    EXPECT_EQ(none.kind, remove_passkey);
    EXPECT_EQ(none.account_highest, Level::none);
}

TEST(Changes, WhatKeepsItsOldChannel)
{
    for (const Kind kind : all_kinds) {
        EXPECT_EQ(can_be_undone(kind), kind == change_email || kind == change_phone);
        EXPECT_EQ(keeps_old_channel(kind), kind == change_email || kind == change_phone ||
                                               kind == remove_phone || kind == remove_notice_address);
    }
}

TEST(ChangesModel, EveryStop)
{
    const Limits limits;
    for (const Kind kind : all_kinds)
        for (const State state : {State::asked, State::stopped, State::done, State::undone})
            for (const Stopper by : all_stoppers)
                for (unsigned bits = 0; bits < 8; ++bits)
                    for (const Duration at : {Duration{0}, hours{24} - ms, Duration{hours{24}}, days{31} - ms,
                                              Duration{days{31}}}) {
                        const bool older = bits & 1, changes = bits & 2, before = bits & 4;
                        const Pending pending{kind, state, start, start + hours{24}};
                        const State now = state;  // however long it is due
                        const auto answer = stop({pending, by, older, changes, before}, start + at, limits);
                        const bool undoable =
                            changes && (kind == change_email || kind == change_phone) && at < days{31};
                        using enum StopAnswer;
                        const auto expected =
                            !older                                                          ? not_yours
                            : now == State::stopped || now == State::undone                 ? stopped_already
                            : now == State::asked && before && by != Stopper::strong_factor ? once_only
                            : now == State::asked                                           ? stopped
                            : !undoable                                                     ? too_late
                            : before                                                        ? once_only
                                                                                            : undone;
                        ASSERT_EQ(answer, expected);
                    }
    EXPECT_EQ(stop({}, start, limits), StopAnswer::not_yours);
    const StopFacts none;
    EXPECT_TRUE(none.by == Stopper::session && !none.channel_changes && !none.stopped_kind_before);
    EXPECT_EQ(Pending{}.state, State::asked);
    EXPECT_EQ(Pending{}.kind, remove_passkey);
    EXPECT_EQ(old_channel_until({change_email, State::done, start, start + hours{24}}, limits),
              start + days{31});
}

/// Every wait, in every state, with every fate of its messages, at every moment that may matter: nothing is
/// done untold within 7 days, nothing waits longer, and what was told waits for nothing but its time.
TEST(ChangesModel, EveryDueMoment)
{
    const Limits limits;
    int done_untold = 0, waited = 0;
    for (const State state : {State::asked, State::stopped, State::done, State::undone})
        for (const Duration wait :
             {Duration{hours{24}}, Duration{hours{72}}, Duration{days{7}}, Duration{days{8}}})
            for (unsigned bits = 0; bits < 4; ++bits)
                for (const Duration at : {-Duration{days{1}}, Duration{0}, wait - ms, wait, days{7} - ms,
                                          Duration{days{7}}, days{8} - ms, Duration{days{8}}}) {
                    const bool delivered = (bits & 1) != 0, stopped = (bits & 2) != 0;
                    const Pending pending{change_email, state, start, start + wait};
                    const auto due = judge_due(pending, {delivered, stopped}, start + at, limits);
                    const bool told_or_late = (delivered && !stopped) || at >= days{7};
                    const auto expected = state != State::asked ? Due::over
                                          : at < wait           ? Due::not_yet
                                          : told_or_late        ? Due::now
                                          : stopped             ? Due::stopped
                                                                : Due::untold;
                    ASSERT_EQ(due, expected);
                    const Instant latest = start + (wait > days{7} ? wait : Duration{days{7}});
                    ASSERT_EQ(done_at_latest(pending, limits), latest);
                    done_untold += due == Due::now && !delivered ? 1 : 0;
                    waited += due == Due::untold || due == Due::stopped ? 1 : 0;
                }
    EXPECT_GT(done_untold, 0);
    EXPECT_GT(waited, 0);
    EXPECT_FALSE(Told{}.delivered || Told{}.kind_stopped);
}

TEST(ChangesModel, WhatWasShownForAStopSaysWhoStops)
{
    for (unsigned bits = 0; bits < 1u << every_method.size(); ++bits) {
        Methods shown;
        for (std::size_t n = 0; n < every_method.size(); ++n)
            if (bits >> n & 1u) shown.add(every_method[n]);
        const bool touched = shown.has(Method::touched_key) && shown.has(Method::password);
        const bool strong = touched || shown.has(Method::totp) || shown.has(Method::passkey) ||
                            shown.has(Method::bound_passkey);
        for (const Stopper channel : all_stoppers)
            ASSERT_EQ(stopper_of(channel, shown), strong ? Stopper::strong_factor : channel);
    }
}

TEST(ChangesModel, AThiefOfTheOldMailboxDelaysAndNoMore)
{
    // The owner wants another address; whoever reads the old mailbox, has a session and the phone stops it
    // whenever it helps. Each channel once: the owner has the new address within 4 waits and 3 undoings.
    const Limits limits;
    Instant now = start;
    std::vector<Stopper> left{Stopper::session, Stopper::mail, Stopper::text};
    bool undone_before = false, stopped_lately = false;
    int asked = 0;
    for (bool done = false; !done; ++asked) {
        ASSERT_LT(asked, 6) << "kept out";
        const auto verdict = ask({.kind = change_email,
                                  .session = Level::aal2,
                                  .account_highest = Level::aal2,
                                  .stepped_up = true,
                                  .approver_young = false,
                                  .browser_settled = true,
                                  .stopped_lately = stopped_lately},
                                 limits);
        ASSERT_EQ(verdict.answer, AskAnswer::waits);
        Pending pending{change_email, State::asked, now, now + verdict.wait};
        if (!left.empty()) {
            ASSERT_EQ(stop({pending, left.back(), true, true, false}, now, limits), StopAnswer::stopped);
            ASSERT_EQ(stop({pending, left.back(), true, true, true}, now, limits), StopAnswer::once_only);
            left.pop_back();
            stopped_lately = true;
            continue;
        }
        now = pending.due_at;
        ASSERT_EQ(judge_due(pending, {.delivered = true}, now, limits), Due::now);
        pending.state = State::done;
        const auto after =
            stop({pending, Stopper::mail, true, true, undone_before || stopped_lately}, now, limits);
        ASSERT_EQ(after, StopAnswer::once_only) << "the mailbox had its say";
        done = true;
    }
    EXPECT_EQ(now, start + hours{72});
}

TEST(Changes, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.wait, hours{24});
    EXPECT_EQ(limits.long_wait, hours{72});
    EXPECT_EQ(limits.old_channel, days{30});
    EXPECT_EQ(limits.memory, days{30});
    EXPECT_EQ(limits.untold, days{7});
    const auto d = [](auto value) { return Duration{value}; };
    expect_range(&Limits::wait, d(hours{24}), d(hours{72}), "wait");
    expect_range(&Limits::long_wait, d(hours{72}), d(days{7}), "long_wait");
    expect_range(&Limits::old_channel, d(days{30}), d(days{90}), "old_channel");
    expect_range(&Limits::memory, d(days{30}), d(days{30}), "memory");
    expect_range(&Limits::untold, d(days{7}), d(days{30}), "untold");
}

}  // namespace
}  // namespace sallyport::policy::changes
