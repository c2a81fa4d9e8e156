#include <gtest/gtest.h>

#include <vector>

#include "policy/sessions.h"

namespace sallyport::policy::sessions {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Instant start{hours{24 * 365 * 50}};
constexpr Duration ms{1};

TEST(SessionsModel, EverySessionEndsInTime)
{
    const Limits limits;
    for (Duration seen{0}; seen <= hours{25}; seen += minutes{5})
        for (Duration now = seen; now <= hours{26}; now += minutes{5})
            for (const Duration edge : {-ms, Duration{0}, ms}) {
                const Instant at = start + now + edge;
                const Validity validity = judge(start, start + seen, at, limits);
                const bool too_old = at - start >= hours{24};
                const bool idle = at - (start + seen) >= hours{1};
                ASSERT_EQ(validity == Validity::too_old, too_old);
                ASSERT_EQ(validity == Validity::idle_too_long, !too_old && idle);
                ASSERT_EQ(validity == Validity::valid, at < ends_at(start, start + seen, limits));
            }
    EXPECT_EQ(ends_at(start, start, limits), start + hours{1});
    EXPECT_EQ(ends_at(start, start + minutes{23 * 60 + 30}, limits), start + hours{24});
}

TEST(Sessions, WhatEachEventEnds)
{
    // columns: own, named, others, half-finished sign-ins, open step-ups, known browsers
    struct Case {
        Event event;
        std::vector<bool> ends;
    };
    const std::vector<Case> cases{
        {Event::signed_out, {true, false, false, false, false, false}},
        {Event::one_ended, {false, true, false, false, false, false}},
        {Event::others_ended, {false, true, true, true, false, false}},
        {Event::password_changed, {false, true, true, true, true, false}},
        {Event::factor_changed, {false, true, true, true, true, false}},
        {Event::password_reset, {true, true, true, true, true, true}},
        {Event::account_locked, {true, true, true, true, true, true}},
        {Event::account_closed, {true, true, true, true, true, true}},
    };
    for (const Case& c : cases) {
        const Ended e = ended_by(c.event);
        EXPECT_EQ((std::vector<bool>{e.own_session, e.named_session, e.other_sessions,
                                     e.half_finished_sign_ins, e.open_step_ups, e.known_browsers}),
                  c.ends)
            << static_cast<int>(c.event);
        if (e.other_sessions) EXPECT_TRUE(e.half_finished_sign_ins) << "no half-finished sign-in survives";
    }
    const Ended nothing;
    EXPECT_FALSE(nothing.own_session || nothing.named_session || nothing.other_sessions ||
                 nothing.half_finished_sign_ins || nothing.open_step_ups || nothing.known_browsers);
}

TEST(SessionsModel, WhichSignInMakesABrowserKnown)
{
    const std::vector<Level> levels{Level::none, Level::aal1, Level::aal2, Level::aal3};
    for (const Level session : levels)
        for (const Level highest : {Level::aal1, Level::aal2, Level::aal3}) {
            const bool known = makes_browser_known(session, highest);
            if (session == Level::none) EXPECT_FALSE(known);
            if (session >= Level::aal2) EXPECT_TRUE(known);
            if (session == Level::aal1)
                EXPECT_EQ(known, highest == Level::aal1) << "a recovery code is no full sign-in";
        }
    EXPECT_FALSE(makes_browser_known(Level::none, Level::none));
    EXPECT_TRUE(tells_new_device(false));
    EXPECT_FALSE(tells_new_device(true));
}

// Every sequence of full sign-ins to two accounts in two browsers, one of which begins with a cookie that the
// other one knows: no account ever knows a token that somebody else saw before its own sign-in.
TEST(SessionsModel, APlantedTokenNeverBecomesKnown)
{
    constexpr std::size_t accounts = 2, browsers = 2, planted = 0;
    constexpr int steps = 6;
    for (std::size_t code = 0; code < 4 * 4 * 4 * 4 * 4 * 4; ++code) {
        std::vector<std::vector<std::size_t>> cookies{{planted}, {planted}};  // tokens by browser
        std::vector<std::vector<std::size_t>> known(accounts);                // tokens by account
        std::vector<std::size_t> made_in{browsers};  // the browser that a token was made for
        std::size_t rest = code;
        for (int step = 0; step < steps; ++step, rest /= accounts * browsers) {
            const std::size_t account = rest % accounts, browser = rest / accounts % browsers;
            auto& cookie = cookies[browser];
            bool before = false;
            for (const std::size_t token : cookie)
                for (const std::size_t of_account : known[account]) before = before || token == of_account;
            switch (browser_token_after(true, before)) {
            case BrowserToken::none: FAIL() << "a full sign-in makes the browser known";
            case BrowserToken::keeps: ASSERT_TRUE(before); break;
            case BrowserToken::fresh:
                ASSERT_FALSE(before);
                made_in.push_back(browser);
                cookie.insert(cookie.begin(), made_in.size() - 1);
                known[account].push_back(cookie.front());
            }
            for (const auto& tokens : known)
                for (const std::size_t token : tokens) ASSERT_NE(token, planted);
            for (const std::size_t token : known[account])
                for (std::size_t other = 0; other < browsers; ++other)
                    for (const std::size_t held : cookies[other])
                        if (held == token) ASSERT_EQ(made_in[token], other);
        }
    }
    for (const bool before : {false, true}) EXPECT_EQ(browser_token_after(false, before), BrowserToken::none);
}

TEST(Sessions, HowLongABrowserIsKnown)
{
    const Limits limits;
    EXPECT_FALSE(is_known(std::nullopt, start, limits));
    EXPECT_TRUE(is_known(start, start, limits));
    EXPECT_TRUE(is_known(start, start + hours{24 * 400} - ms, limits));
    EXPECT_FALSE(is_known(start, start + hours{24 * 400}, limits));
    EXPECT_EQ(limits.browser_settled, hours{72});
    EXPECT_FALSE(is_settled(std::nullopt, start, limits));
    EXPECT_FALSE(is_settled(start, start + hours{72} - ms, limits));
    EXPECT_TRUE(is_settled(start, start + hours{72}, limits));
}

TEST(Sessions, LimitsAndTheirRanges)
{
    Limits limits;
    EXPECT_EQ(limits.overall, hours{24});
    EXPECT_EQ(limits.idle, hours{1});
    EXPECT_EQ(limits.known_browser_life, hours{24 * 400});
    EXPECT_EQ(limits.sessions_max, 100);
    EXPECT_EQ(limits.known_browsers_max, 20);
    EXPECT_EQ(limits.accounts_a_browser, 4);
    EXPECT_EQ(first_out_of_range(limits), nullptr);
    for (const Duration good : {Duration{hours{1}}, Duration{hours{24}}}) {
        limits.overall = good;
        EXPECT_EQ(first_out_of_range(limits), nullptr);
    }
    for (const Duration bad : {hours{1} - ms, hours{24} + ms}) {
        limits.overall = bad;
        EXPECT_STREQ(first_out_of_range(limits), "overall");
    }
    limits = {};
    for (const Duration good : {Duration{minutes{5}}, Duration{hours{1}}}) {
        limits.idle = good;
        EXPECT_EQ(first_out_of_range(limits), nullptr);
    }
    for (const Duration bad : {minutes{5} - ms, hours{1} + ms}) {
        limits.idle = bad;
        EXPECT_STREQ(first_out_of_range(limits), "idle");
    }
}

}  // namespace
}  // namespace sallyport::policy::sessions
