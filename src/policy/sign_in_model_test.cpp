#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "policy/sign_in.h"

namespace sallyport::policy::sign_in {
namespace {

using std::chrono::minutes;

const Instant start{std::chrono::hours{24 * 365 * 50}};
const std::vector<AccountState> states{AccountState::active, AccountState::locked, AccountState::closed};

/// Every set of methods.
std::vector<Methods> every_set()
{
    std::vector<Methods> sets;
    for (unsigned bits = 0; bits < 1U << every_method.size(); ++bits) {
        Methods set;
        for (std::size_t i = 0; i < every_method.size(); ++i)
            if ((bits >> i & 1U) != 0) set.add(every_method[i]);
        sets.push_back(set);
    }
    return sets;
}

/// Every table of the methods that one can be without.
std::vector<profile::Table> every_table()
{
    std::vector<profile::Table> tables;
    for (unsigned bits = 0; bits < 64; ++bits) {
        profile::Table table;
        const auto has = [bits](unsigned which) { return (bits >> which & 1U) != 0; };
        table.totp = has(0), table.email_code = has(1), table.sms_code = has(2);
        table.passkey = has(3), table.bound_passkey = has(4), table.touched_key = has(5);
        tables.push_back(table);
    }
    return tables;
}

TEST(SignInModel, EveryFirstFactor)
{
    int signed_in = 0, asked = 0;
    for (const bool known : {false, true})
        for (const bool right : {false, true})
            for (const AccountState state : states)
                for (const Methods held : every_set())
                    for (const bool mandatory : {false, true}) {
                        const FirstVerdict verdict =
                            after_first_factor({known, right, state, held, {}, {}, mandatory});
                        const bool proven = known && right && state != AccountState::closed;
                        const bool entitled = proven && state == AccountState::active;
                        ASSERT_EQ(verdict.next == Next::refuse, !proven);
                        ASSERT_EQ(verdict.next == Next::unlock, proven && !entitled) << "no dead end";
                        // A refusal says nothing at all: it is the same value whatever the reason.
                        if (!entitled) {
                            ASSERT_EQ(verdict.level, Level::none);
                            ASSERT_TRUE(verdict.methods.empty());
                            ASSERT_FALSE(verdict.must_add_factor);
                            continue;
                        }
                        Methods seconds;
                        for (const Method method : every_method)
                            if (method != Method::password && held.has(method)) seconds.add(method);
                        const bool has_second = seconds != Methods{};
                        ASSERT_EQ(verdict.next == Next::ask_second_factor, has_second) << "never skipped";
                        ASSERT_EQ(verdict.level, has_second ? Level::none : Level::aal1);
                        ASSERT_EQ(verdict.must_add_factor, !has_second && mandatory);
                        Methods listed;
                        for (const Method method : verdict.methods) listed.add(method);
                        ASSERT_EQ(listed, seconds) << "what the account has and nothing else";
                        has_second ? ++asked : ++signed_in;
                    }
    EXPECT_EQ(signed_in, 4);
    EXPECT_EQ(asked, 508);
}

TEST(SignInModel, TheChooserIsTheOperatorsAndTheDevices)
{
    const std::vector<Methods> used_sets{{},
                                         {Method::totp},
                                         {Method::password, Method::sms_code},
                                         {Method::recovery_code, Method::email_code},
                                         {Method::touched_key, Method::passkey}};
    for (const Methods held : every_set())
        for (const Methods used : used_sets)
            for (const profile::Table& table : every_table()) {
                const auto verdict =
                    after_first_factor({true, true, AccountState::active, held, used, table, true});
                ASSERT_EQ(verdict.methods, profile::chooser(held, used, table));
            }
}

TEST(SignInModel, EveryPasskeyAlone)
{
    int signed_in = 0;
    for (const Method method : every_method)
        for (const AccountState state : states)
            for (const profile::Table& table : every_table()) {
                const AloneVerdict verdict = after_passkey({method, state, table});
                const bool both = method == Method::passkey || method == Method::bound_passkey;
                ASSERT_EQ(verdict.signed_in, both && state == AccountState::active);
                ASSERT_EQ(verdict.unlock, both && state == AccountState::locked);
                Level level = Level::none;
                if (verdict.signed_in)
                    level = !profile::allows(table, method) ? Level::aal1
                            : method == Method::passkey     ? Level::aal2
                                                            : Level::aal3;
                ASSERT_EQ(verdict.level, level);
                if (verdict.signed_in) ++signed_in;
            }
    EXPECT_EQ(signed_in, 128);
}

/// What the level is after a password and `method`, written down once more.
Level level_with_password(Method method)
{
    switch (method) {
    case Method::password: return Level::none;
    case Method::recovery_code:
    case Method::email_code:
    case Method::sms_code: return Level::aal1;
    case Method::totp:
    case Method::passkey:
    case Method::touched_key: return Level::aal2;
    case Method::bound_passkey: break;
    }
    return Level::aal3;
}

TEST(SignInModel, EverySecondFactor)
{
    const Limits limits;
    for (const Method method : every_method)
        for (const bool right : {false, true})
            for (const AccountState state : states)
                for (const Duration age :
                     {Duration{0}, Duration{minutes{15}} - Duration{1}, Duration{minutes{15}}})
                    for (std::int64_t wrong_before = 0; wrong_before < 12; ++wrong_before) {
                        const SecondVerdict verdict = after_second_factor(
                            {method, right, state, start, wrong_before, {}}, start + age, limits);
                        const bool open = state == AccountState::active && age < minutes{15};
                        ASSERT_EQ(verdict.answer == SecondAnswer::over, !open);
                        const bool in = open && right && method != Method::password;
                        ASSERT_EQ(verdict.answer == SecondAnswer::signed_in, in)
                            << "a password twice is one factor";
                        ASSERT_EQ(verdict.level, in ? level_with_password(method) : Level::none);
                        ASSERT_EQ(verdict.tell_code_used, in && method == Method::recovery_code);
                        const bool wrong = open && !right;
                        ASSERT_EQ(verdict.say_clock, wrong && method == Method::totp && wrong_before >= 1);
                        ASSERT_EQ(verdict.tell_stopped, wrong && (wrong_before + 1) % 3 == 0);
                    }
}

TEST(SignInModel, AMethodThatTheOperatorTookAwayLiftsNoSession)
{
    for (const Method method : every_method)
        for (const profile::Table& table : every_table()) {
            const auto verdict =
                after_second_factor({method, true, AccountState::active, start, 0, table}, start, {});
            const Level with_all = level_with_password(method);
            const Level level = profile::allows(table, method) ? with_all : std::min(with_all, Level::aal1);
            ASSERT_EQ(verdict.level, level);
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
    EXPECT_TRUE(compares_password(AccountState::locked)) << "whoever has it is led to the unlocking";
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
