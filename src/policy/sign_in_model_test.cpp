#include <gtest/gtest.h>

#include <vector>

#include "policy/sign_in.h"

namespace sallyport::policy::sign_in {
namespace {

using std::chrono::minutes;

const Instant start{std::chrono::hours{24 * 365 * 50}};
const std::vector<AccountState> states{AccountState::active, AccountState::locked, AccountState::closed};

TEST(SignInModel, EveryFirstFactor)
{
    int signed_in = 0, asked = 0;
    for (const bool known : {false, true})
        for (const bool right : {false, true})
            for (const AccountState state : states)
                for (std::int64_t apps = 0; apps < 3; ++apps)
                    for (const std::int64_t codes : {0, 1, 10})
                        for (const bool mandatory : {false, true}) {
                            const FirstVerdict verdict =
                                after_first_factor({known, right, state, apps, codes, mandatory});
                            const bool entitled = known && right && state == AccountState::active;
                            ASSERT_EQ(verdict.next == Next::refuse, !entitled);
                            // A refusal says nothing at all: it is the same value whatever the reason.
                            if (!entitled) {
                                ASSERT_EQ(verdict.level, Level::none);
                                ASSERT_TRUE(verdict.methods.empty());
                                ASSERT_FALSE(verdict.must_add_factor);
                                continue;
                            }
                            const bool has_second = apps > 0 || codes > 0;
                            ASSERT_EQ(verdict.next == Next::ask_second_factor, has_second) << "never skipped";
                            ASSERT_EQ(verdict.level, has_second ? Level::none : Level::aal1);
                            ASSERT_EQ(verdict.must_add_factor, !has_second && mandatory);
                            // The chooser lists what the account has and nothing else, strongest first.
                            std::vector<Method> expected;
                            if (apps > 0) expected.push_back(Method::totp);
                            if (codes > 0) expected.push_back(Method::recovery_code);
                            ASSERT_EQ(verdict.methods, expected);
                            has_second ? ++asked : ++signed_in;
                        }
    EXPECT_EQ(signed_in, 2);
    EXPECT_EQ(asked, 16);
}

TEST(SignInModel, EverySecondFactor)
{
    const Limits limits;
    const std::vector<Method> methods{Method::password, Method::totp, Method::recovery_code,
                                      Method::email_code};
    for (const Method method : methods)
        for (const bool right : {false, true})
            for (const AccountState state : states)
                for (const Duration age :
                     {Duration{0}, Duration{minutes{15}} - Duration{1}, Duration{minutes{15}}})
                    for (std::int64_t wrong_before = 0; wrong_before < 12; ++wrong_before) {
                        const SecondVerdict verdict = after_second_factor(
                            {method, right, state, start, wrong_before}, start + age, limits);
                        const bool open = state == AccountState::active && age < minutes{15};
                        ASSERT_EQ(verdict.answer == SecondAnswer::over, !open);
                        const bool in = open && right && method != Method::password;
                        ASSERT_EQ(verdict.answer == SecondAnswer::signed_in, in)
                            << "a password twice is one factor";
                        Level level = Level::none;
                        if (in) level = method == Method::totp ? Level::aal2 : Level::aal1;
                        ASSERT_EQ(verdict.level, level);
                        ASSERT_EQ(verdict.tell_code_used, in && method == Method::recovery_code);
                        const bool wrong = open && !right;
                        ASSERT_EQ(verdict.say_clock, wrong && method == Method::totp && wrong_before >= 1);
                        ASSERT_EQ(verdict.tell_stopped, wrong && (wrong_before + 1) % 3 == 0);
                    }
}

TEST(SignIn, Limits)
{
    const Limits limits;
    EXPECT_EQ(limits.half_finished_life, minutes{15});
    Limits changed;
    for (const Duration good : {Duration{minutes{5}}, Duration{minutes{15}}}) {
        changed.half_finished_life = good;
        EXPECT_EQ(first_out_of_range(changed), nullptr);
    }
    for (const Duration bad : {minutes{5} - Duration{1}, minutes{15} + Duration{1}}) {
        changed.half_finished_life = bad;
        EXPECT_STREQ(first_out_of_range(changed), "half_finished_life");
    }
    EXPECT_TRUE(compares_password(AccountState::active));
    EXPECT_FALSE(compares_password(AccountState::locked));
    EXPECT_FALSE(compares_password(AccountState::closed));
    EXPECT_EQ(limits.clock_line_after, 2);
    EXPECT_EQ(limits.stopped_notice_every, 3);
    // Facts that were never filled in let nobody in.
    EXPECT_EQ(after_first_factor({}).next, Next::refuse);
    FirstFacts facts;
    facts.password_right = true;
    EXPECT_EQ(after_first_factor(facts).next, Next::refuse);
    facts = {};
    facts.account_known = true;
    EXPECT_EQ(after_first_factor(facts).next, Next::refuse);
    facts.password_right = true;
    EXPECT_TRUE(after_first_factor(facts).must_add_factor) << "a second factor is mandatory by default";
    EXPECT_NE(after_second_factor({.begun = start}, start, limits).answer, SecondAnswer::signed_in);
    EXPECT_EQ(SecondVerdict{}.answer, SecondAnswer::over);
    EXPECT_TRUE(after_second_factor({.begun = start, .wrong_before = 1}, start, limits).say_clock);
    EXPECT_FALSE(after_second_factor({.begun = start}, start, limits).say_clock) << "none was wrong before";
}

}  // namespace
}  // namespace sallyport::policy::sign_in
