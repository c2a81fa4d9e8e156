#include <gtest/gtest.h>

#include <vector>

#include "policy/reset.h"

namespace sallyport::policy::reset {
namespace {

using sign_in::AccountState;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Stage> all_stages{Stage::code, Stage::factor, Stage::password, Stage::done,
                                    Stage::kit_road};
const std::vector<Event> all_events{Event::code_right, Event::factor_right, Event::kit_code_right,
                                    Event::password_accepted};

TEST(ResetModel, EveryStep)
{
    const Limits limits;
    EXPECT_EQ(limits.row_life, minutes{30});
    EXPECT_EQ(row_life_range.least, minutes{15});
    EXPECT_EQ(row_life_range.most, minutes{30});
    for (const Stage stage : all_stages)
        for (const Event event : all_events)
            for (const bool account : {false, true})
                for (const bool browser : {false, true})
                    for (const auto state :
                         {AccountState::active, AccountState::locked, AccountState::closed})
                        for (const Duration age : {Duration{0}, minutes{30} - ms, Duration{minutes{30}}}) {
                            const Step next =
                                step({{stage, start - age}, account, browser, state}, event, start, limits);
                            std::optional<Stage> moves;
                            if (stage == Stage::code && event == Event::code_right) moves = Stage::factor;
                            if (stage == Stage::factor && event == Event::factor_right)
                                moves = Stage::password;
                            if (stage == Stage::factor && event == Event::kit_code_right)
                                moves = Stage::kit_road;
                            if (stage == Stage::password && event == Event::password_accepted)
                                moves = Stage::done;
                            using enum Answer;
                            const auto expected = !account                        ? other_account
                                                  : !browser                      ? other_browser
                                                  : age >= minutes{30}            ? expired
                                                  : state != AccountState::active ? over
                                                  : !moves                        ? not_now
                                                                                  : moved;
                            ASSERT_EQ(next.answer, expected);
                            ASSERT_EQ(next.stage, expected == moved ? *moves : stage);
                            ASSERT_EQ(next.set_password, expected == moved && moves == Stage::done);
                            ASSERT_EQ(next.open_case, expected == moved && moves == Stage::kit_road);
                        }
    EXPECT_NE(step({}, Event::code_right, Instant{}, limits).answer, Answer::moved);
    EXPECT_EQ(step({.row = {Stage::code, start}, .same_browser = true, .state = AccountState::active},
                   Event::code_right, start, limits)
                  .answer,
              Answer::other_account);
    EXPECT_EQ(step({.row = {Stage::code, start}, .same_account = true, .state = AccountState::active},
                   Event::code_right, start, limits)
                  .answer,
              Answer::other_browser);
    EXPECT_EQ(step({.row = {Stage::code, start}, .same_account = true, .same_browser = true},
                   Event::code_right, start, limits)
                  .answer,
              Answer::over);
    const Step none;
    EXPECT_EQ(none.answer, Answer::not_now);
    EXPECT_EQ(none.stage, Stage::code);
    EXPECT_FALSE(none.set_password || none.open_case);
    EXPECT_EQ(Row{}.stage, Stage::code);
    EXPECT_EQ(Facts{}.state, AccountState::closed);
}

TEST(ResetModel, NoOrderOfStepsSkipsOne)
{
    // Every trace of six events: a new password needs the code, then a strong factor, and comes once.
    for (int code = 0; code < 4096; ++code) {
        Row row{Stage::code, start};
        bool code_shown = false, factor_shown = false;
        int set = 0, cases = 0;
        for (int n = 0, rest = code; n < 6; ++n, rest /= 4) {
            const Event event = all_events[static_cast<std::size_t>(rest % 4)];
            const Step next = step({row, true, true, AccountState::active}, event, start, {});
            if (next.answer == Answer::moved) row.stage = next.stage;
            if (next.answer == Answer::moved && event == Event::code_right) code_shown = true;
            if (next.answer == Answer::moved && event == Event::factor_right) factor_shown = code_shown;
            if (next.set_password) ASSERT_TRUE(code_shown && factor_shown);
            if (next.open_case) ASSERT_TRUE(code_shown && !factor_shown);
            set += next.set_password, cases += next.open_case;
        }
        ASSERT_LE(set + cases, 1) << "one use";
    }
}

TEST(Reset, WhatStandsBesideTheMailbox)
{
    for (const Method method : every_method)
        EXPECT_EQ(suffices(method), method == Method::totp || method == Method::passkey ||
                                        method == Method::bound_passkey || method == Method::touched_key);
    EXPECT_TRUE(link_acts(true, true));
    EXPECT_FALSE(link_acts(true, false));
    EXPECT_FALSE(link_acts(false, true)) << "a scanner looks";
    EXPECT_FALSE(link_acts(false, false));
}

TEST(ResetModel, EveryHold)
{
    const holds::Limits limits;
    const std::vector<roots::Kept> alone{roots::mailbox(1)}, same_cloud{roots::mailbox(1), roots::mailbox(1)},
        with_notice{roots::mailbox(1), roots::mailbox(2)},
        with_text{roots::mailbox(1), roots::phone_number()};
    for (const Method method : every_method)
        for (const auto& kept :
             {roots::app(false), roots::synced_passkey(1), roots::synced_passkey(2), roots::hardware(1)})
            for (const Duration age : {Duration{0}, Duration{hours{72}}}) {
                const holds::Approval factor{method, kept, start - age};
                ASSERT_EQ(hold_after(factor, roots::mailbox(1), alone, start, limits), days{7});
                ASSERT_EQ(hold_after(factor, roots::mailbox(1), same_cloud, start, limits), days{7});
                const bool apart = kept == roots::synced_passkey(2) || kept == roots::hardware(1);
                const bool approved = holds::is_phishing_resistant(method) && apart && age >= hours{72};
                for (const auto& told : {with_notice, with_text})
                    ASSERT_EQ(hold_after(factor, roots::mailbox(1), told, start, limits),
                              approved ? hours{24} : hours{72});
            }
}

}  // namespace
}  // namespace sallyport::policy::reset
