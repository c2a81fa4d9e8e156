#include <gtest/gtest.h>

#include <vector>

#include "policy/level.h"

namespace sallyport::policy {
namespace {

const std::vector<Method> all_methods{every_method.begin(), every_method.end()};
const std::vector<Level> all_levels{Level::none, Level::aal1, Level::aal2, Level::aal3};

/// Every set of methods.
template <class Check>
void for_every_set(Check check)
{
    for (unsigned bits = 0; bits < 1u << all_methods.size(); ++bits) {
        Methods methods;
        for (std::size_t i = 0; i < all_methods.size(); ++i)
            if (bits >> i & 1u) methods.add(all_methods[i]);
        check(methods);
    }
}

TEST(LevelModel, EverySetOfMethods)
{
    for_every_set([](Methods proven) {
        for (const bool alone : {false, true}) {
            const Level level = level_of(proven, alone);
            const bool password = proven.has(Method::password);
            const bool any_passkey = proven.has(Method::passkey) || proven.has(Method::bound_passkey);
            EXPECT_EQ(level == Level::aal3, proven.has(Method::bound_passkey));
            if (level == Level::aal2)
                EXPECT_TRUE(proven.has(Method::passkey) ||
                            (password && (proven.has(Method::totp) || proven.has(Method::touched_key))));
            if (!password && !any_passkey) EXPECT_EQ(level, Level::none) << "no code is a sign-in by itself";
            if (any_passkey || (password && proven.has(Method::totp))) EXPECT_GE(level, Level::aal2);
            if (password && proven.has(Method::touched_key)) EXPECT_GE(level, Level::aal2);
            if (password && alone) EXPECT_GE(level, Level::aal1);
            // Codes by mail, SMS or from the kit never lift a session above aal1.
            for (const Method weak : {Method::recovery_code, Method::email_code, Method::sms_code}) {
                Methods more = proven;
                more.add(weak);
                EXPECT_LE(level_of(more, alone), std::max(level, Level::aal1));
                if (password) EXPECT_GE(level_of(more, alone), Level::aal1);
            }
            for (const Method method : all_methods) {
                Methods more = proven;
                more.add(method);
                EXPECT_GE(level_of(more, alone), level) << "more proof is never less";
            }
            EXPECT_GE(level_of(proven, true), level_of(proven, false));
            if (level_of(proven, true) != level_of(proven, false))
                EXPECT_EQ(proven, Methods{Method::password});
        }
    });
}

TEST(Level, AsTheLawSays)
{
    using enum Method;
    EXPECT_EQ(level_of({}, true), Level::none);
    EXPECT_EQ(level_of({password}, false), Level::none);
    EXPECT_EQ(level_of({password}, true), Level::aal1);
    EXPECT_EQ(level_of({password, totp}, false), Level::aal2);
    EXPECT_EQ(level_of({password, recovery_code}, false), Level::aal1);
    EXPECT_EQ(level_of({password, email_code}, false), Level::aal1);
    EXPECT_EQ(level_of({password, sms_code}, false), Level::aal1);
    EXPECT_EQ(level_of({password, touched_key}, false), Level::aal2);
    EXPECT_EQ(level_of({touched_key, totp}, true), Level::none) << "never without a password";
    EXPECT_EQ(level_of({passkey}, false), Level::aal2);
    EXPECT_EQ(level_of({bound_passkey}, false), Level::aal3);
}

TEST(Level, ASetHoldsWhatWasAddedOnly)
{
    for (const Method added : all_methods)
        for (const Method asked : all_methods) {
            EXPECT_EQ(Methods{added}.has(asked), added == asked);
            Methods two{asked};
            two.add(added);
            EXPECT_TRUE(two.has(asked) && two.has(added));
            two.add(added);
            EXPECT_TRUE(two.has(added)) << "added twice is added";
        }
}

TEST(LevelModel, WhichSetsHaveAStrongFactor)
{
    for (unsigned bits = 0; bits < 1u << every_method.size(); ++bits) {
        Methods shown;
        for (std::size_t n = 0; n < every_method.size(); ++n)
            if (bits >> n & 1u) shown.add(every_method[n]);
        const bool alone =
            shown.has(Method::totp) || shown.has(Method::passkey) || shown.has(Method::bound_passkey);
        const bool touched = shown.has(Method::touched_key) && shown.has(Method::password);
        ASSERT_EQ(has_strong_factor(shown), alone || touched);
    }
}

TEST(LevelModel, AnAccountsOwnHighestLevel)
{
    for (std::int64_t apps = 0; apps < 3; ++apps)
        for (std::int64_t passkeys = 0; passkeys < 3; ++passkeys)
            for (std::int64_t bound = 0; bound < 3; ++bound)
                for (std::int64_t touched = 0; touched < 3; ++touched) {
                    const Level level = highest_level({apps, passkeys, bound, touched});
                    EXPECT_EQ(level == Level::aal3, bound > 0);
                    EXPECT_EQ(level == Level::aal1, bound + passkeys + apps + touched == 0);
                    EXPECT_NE(level, Level::none);
                }
    EXPECT_EQ(AccountFactors{}.touched_keys, 0);
}

TEST(LevelModel, WhatEachLevelMayDo)
{
    const std::vector<Deed> deeds{Deed::view, Deed::end_sessions, Deed::change_security_setting,
                                  Deed::add_factor};
    for (const Level highest : all_levels) {
        if (highest == Level::none) continue;
        for (const Deed deed : deeds) {
            EXPECT_FALSE(may(Level::none, deed, highest)) << "half a sign-in opens nothing";
            EXPECT_TRUE(may(highest, deed, highest)) << "never a dead end";
            for (const Level session : all_levels)
                for (const Level stronger : all_levels)
                    if (stronger >= session && may(session, deed, highest))
                        EXPECT_TRUE(may(stronger, deed, highest));
        }
        EXPECT_TRUE(may(Level::aal1, Deed::view, highest));
        EXPECT_TRUE(may(Level::aal1, Deed::end_sessions, highest));
        if (highest == Level::aal1) continue;
        // A session by recovery code in an account that has an app.
        EXPECT_FALSE(may(Level::aal1, Deed::change_security_setting, highest));
        EXPECT_FALSE(may(Level::aal1, Deed::add_factor, highest));
        EXPECT_TRUE(may(Level::aal2, Deed::change_security_setting, highest));
    }
    EXPECT_FALSE(may(Level::aal2, Deed::add_factor, Level::aal3)) << "at the account's own highest level";
    EXPECT_TRUE(may(Level::aal2, Deed::add_factor, Level::aal2));
}

}  // namespace
}  // namespace sallyport::policy
