#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "policy/profile.h"

namespace sallyport::policy::profile {
namespace {

Table table_of_bits(unsigned bits)
{
    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
    return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7), bit(8)};
}
Methods methods_of_bits(unsigned bits)
{
    Methods methods;
    for (unsigned n = 0; n < every_method.size(); ++n)
        if (bits >> n & 1u) methods.add(every_method[n]);
    return methods;
}
constexpr unsigned all_tables = 1u << 9, all_sets = 1u << 8;

TEST(Profile, TheTwoOfTheStandard)
{
    const Table standard = table_of(Profile::standard);
    EXPECT_EQ(standard, (Table{true, true, true, true, true, true, true, false, true}));
    EXPECT_EQ(standard, Table{});
    const Table strict = table_of(Profile::strict);
    EXPECT_EQ(strict, (Table{true, false, false, true, true, true, false, true, true}));
    EXPECT_EQ(fault_of(standard), std::nullopt);
    EXPECT_EQ(fault_of(strict), std::nullopt);
}

TEST(ProfileModel, EveryOwnTable)
{
    int good = 0;
    for (unsigned bits = 0; bits < all_tables; ++bits) {
        const Table t = table_of_bits(bits);
        const bool strong = t.totp || t.passkey || t.bound_passkey || t.touched_key;
        const bool weak = t.email_code || t.sms_code;
        const auto fault = fault_of(t);
        ASSERT_EQ(fault == Fault::no_strong_factor, !strong);
        if (!strong) continue;
        const bool wants = t.hardware_key_required;
        ASSERT_EQ(fault == Fault::required_key_not_taken, wants && !t.bound_passkey);
        ASSERT_EQ(fault == Fault::weak_codes_beside_key, wants && t.bound_passkey && weak);
        ASSERT_EQ(fault == Fault::optional_beside_key,
                  wants && t.bound_passkey && !weak && !t.second_factor_mandatory);
        ASSERT_EQ(fault.has_value(), wants && (!t.bound_passkey || weak || !t.second_factor_mandatory));
        good += !fault;
    }
    EXPECT_EQ(good, 15 * 16 + 16) << "without a required key 15 of 16 strong sets, and 16 with one";
}

TEST(ProfileModel, WhatATableAllows)
{
    for (unsigned bits = 0; bits < all_tables; ++bits) {
        const Table t = table_of_bits(bits);
        ASSERT_TRUE(allows(t, Method::password));
        ASSERT_TRUE(allows(t, Method::recovery_code)) << "or one lost phone is a dead end";
        ASSERT_EQ(allows(t, Method::totp), t.totp);
        ASSERT_EQ(allows(t, Method::email_code), t.email_code);
        ASSERT_EQ(allows(t, Method::sms_code), t.sms_code);
        ASSERT_EQ(allows(t, Method::passkey), t.passkey);
        ASSERT_EQ(allows(t, Method::bound_passkey), t.bound_passkey);
        ASSERT_EQ(allows(t, Method::touched_key), t.touched_key);
    }
}

TEST(Profile, StrengthsAndLabels)
{
    using enum Method;
    const std::vector<Method> order{password, sms_code,    email_code, recovery_code,
                                    totp,     touched_key, passkey,    bound_passkey};
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(strength_of(order[i]), static_cast<int>(i));
    for (const Method method : every_method) {
        const Label label = label_of(method);
        EXPECT_EQ(label == Label::weakest, method == sms_code);
        EXPECT_EQ(label == Label::weak, method == email_code);
    }
    EXPECT_EQ(every_method.size(), 8u);
}

TEST(ProfileModel, TheChooserOfEverySet)
{
    for (const Table& table : {table_of(Profile::standard), table_of(Profile::strict), Table{.totp = false},
                               Table{.passkey = false, .bound_passkey = false}})
        for (unsigned held_bits = 0; held_bits < all_sets; ++held_bits)
            for (unsigned used_bits = 0; used_bits < all_sets; ++used_bits) {
                const Methods held = methods_of_bits(held_bits), used = methods_of_bits(used_bits);
                const std::vector<Method> offered = chooser(held, used, table);
                const bool any_allowed = std::ranges::any_of(every_method, [&](Method m) {
                    return m != Method::password && held.has(m) && allows(table, m);
                });
                std::size_t expected = 0;
                for (const Method m : every_method) {
                    const bool in =
                        m != Method::password && held.has(m) && (allows(table, m) || !any_allowed);
                    expected += in;
                    ASSERT_EQ(std::ranges::count(offered, m), in ? 1 : 0);
                }
                ASSERT_EQ(offered.size(), expected);
                if (offered.empty()) continue;
                const bool any_used = std::ranges::any_of(offered, [&](Method m) { return used.has(m); });
                ASSERT_EQ(used.has(offered.front()), any_used);
                for (std::size_t i = 1; i < offered.size(); ++i) {
                    if (i > 1) ASSERT_GT(strength_of(offered[i - 1]), strength_of(offered[i]));
                    if (used.has(offered[i]))
                        ASSERT_GT(strength_of(offered.front()), strength_of(offered[i]));
                }
                if (!any_used && offered.size() > 1)
                    ASSERT_GT(strength_of(offered[0]), strength_of(offered[1]));
            }
}

TEST(ProfileModel, WhatIsNotAllowedLiftsNoSession)
{
    for (unsigned bits = 0; bits < all_tables; ++bits)
        for (unsigned set = 0; set < all_sets; ++set)
            for (const bool alone : {false, true}) {
                const Table table = table_of_bits(bits);
                const Methods proven = methods_of_bits(set);
                const Level level = level_under(table, proven, alone);
                Methods counted;
                for (const Method m : every_method)
                    if (proven.has(m) && allows(table, m)) counted.add(m);
                const Level full = level_of(proven, alone), allowed = level_of(counted, alone);
                ASSERT_LE(level, full);
                ASSERT_EQ(level == Level::none, full == Level::none) << "never a dead end";
                if (allowed > Level::aal1) ASSERT_EQ(level, allowed);
                if (allowed <= Level::aal1 && full != Level::none) ASSERT_EQ(level, Level::aal1);
            }
}

}  // namespace
}  // namespace sallyport::policy::profile
