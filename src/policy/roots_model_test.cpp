#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/check.h"
#include "policy/roots.h"

namespace sallyport::policy::roots {
namespace {

/// Everything that can be kept, of two providers and one that is not known, and two pieces of hardware.
std::vector<Kept> everything()
{
    std::vector<Kept> all;
    for (const bool paper : {false, true})
        for (const bool phone : {false, true})
            for (const int cloud : {-1, 0, 1, 2})
                for (const std::int64_t piece : {0, 1, 2})
                    all.push_back({paper, phone, cloud >= 0, cloud > 0 ? cloud : 0, piece});
    return all;
}

/// The places of a thing; an unknown cloud is every cloud.
std::set<int> places(const Kept& kept)
{
    std::set<int> all;
    if (kept.paper) all.insert(1);
    if (kept.phone) all.insert(2);
    if (kept.hardware != 0) all.insert(10 + static_cast<int>(kept.hardware));
    if (kept.cloud && kept.provider != 0) all.insert(20 + static_cast<int>(kept.provider));
    if (kept.cloud && kept.provider == 0) all.insert({20, 21, 22});
    return all;
}
bool share(const Kept& a, const Kept& b)
{
    for (const int place : places(a))
        if (places(b).contains(place)) return true;
    return false;
}

TEST(RootsModel, WhatSharesAPlaceFallsTogether)
{
    for (const Kept& a : everything())
        for (const Kept& b : everything()) {
            ASSERT_EQ(fall_together(a, b), share(a, b));
            ASSERT_EQ(fall_together(a, b), fall_together(b, a));
        }
}

TEST(RootsModel, RootsOfEveryThree)
{
    const std::vector<Kept> all = everything();
    for (const Kept& a : all)
        for (const Kept& b : all) {
            ASSERT_EQ(count_roots(std::vector{a, b}), fall_together(a, b) ? 1 : 2);
            for (const Kept& c : all) {
                const int joined = fall_together(a, b) + fall_together(b, c) + fall_together(a, c);
                const std::vector three{a, b, c};
                ASSERT_EQ(count_roots(three), joined >= 2 ? 1 : 3 - joined);
                ASSERT_EQ(stands_apart(a, std::vector{b, c}), !fall_together(a, b) && !fall_together(a, c));
                ASSERT_LE(count_approving_roots(three), count_roots(three)) << "never more than there are";
            }
        }
    EXPECT_EQ(count_roots({}), 0);
    EXPECT_EQ(count_approving_roots({}), 0);
    EXPECT_TRUE(stands_apart(kit(), {}));
}

TEST(Roots, AChainIsOneRoot)
{
    // Paper - phone - cloud 1 - cloud of unknown owner - cloud 2, told in any order.
    const std::vector<Kept> chain{{.paper = true},
                                  {.paper = true, .phone = true},
                                  {.phone = true, .cloud = true, .provider = 1},
                                  {.cloud = true},
                                  {.cloud = true, .provider = 2}};
    EXPECT_EQ(count_roots(chain), 1);
    const std::vector<Kept> reversed(chain.rbegin(), chain.rend());
    EXPECT_EQ(count_roots(reversed), 1);
    std::vector<Kept> broken = chain;
    broken.erase(broken.begin() + 3);
    EXPECT_EQ(count_roots(broken), 2);
}

TEST(Roots, AsTheLawSays)
{
    EXPECT_EQ(app(true), (Kept{.paper = true, .phone = true, .cloud = true}));
    EXPECT_EQ(app(false), (Kept{.phone = true, .cloud = true}));
    EXPECT_EQ(phone_number(), (Kept{.phone = true}));
    EXPECT_EQ(mailbox(7), (Kept{.cloud = true, .provider = 7}));
    EXPECT_EQ(synced_passkey(7), (Kept{.cloud = true, .provider = 7}));
    EXPECT_EQ(hardware(3), (Kept{.hardware = 3}));
    EXPECT_EQ(kit(), (Kept{.paper = true}));
    EXPECT_EQ(unknown_provider, 0);
    EXPECT_EQ(Kept{}, (Kept{false, false, false, 0, 0}));
    EXPECT_FALSE(fall_together({}, {})) << "what is kept nowhere falls with nothing";
    EXPECT_THROW(hardware(0), ProgrammingError);

    EXPECT_EQ(count_roots(std::vector{app(false), phone_number()}), 1);
    EXPECT_EQ(count_roots(std::vector{app(true), kit()}), 1) << "the printed secret";
    EXPECT_EQ(count_roots(std::vector{app(false), kit()}), 2);
    EXPECT_EQ(count_roots(std::vector{synced_passkey(1), mailbox(1)}), 1);
    EXPECT_EQ(count_roots(std::vector{synced_passkey(1), synced_passkey(2)}), 2);
    EXPECT_EQ(count_roots(std::vector{synced_passkey(1), synced_passkey(unknown_provider)}), 1);
    EXPECT_EQ(count_roots(std::vector{synced_passkey(1), hardware(1)}), 2);

    EXPECT_EQ(count_approving_roots(std::vector{synced_passkey(1), synced_passkey(2)}), 1) << "one phone";
    EXPECT_EQ(count_approving_roots(std::vector{synced_passkey(1), app(false)}), 1);
    EXPECT_EQ(count_approving_roots(std::vector{synced_passkey(1), hardware(1)}), 2);
    EXPECT_EQ(count_approving_roots(std::vector{hardware(2), hardware(1)}), 2);
    EXPECT_EQ(count_approving_roots(std::vector{synced_passkey(1), phone_number()}), 1);
    EXPECT_EQ(count_approving_roots(std::vector{phone_number(), hardware(4)}), 2);
    EXPECT_EQ(count_approving_roots(std::vector{phone_number(), kit()}), 2);
}

}  // namespace
}  // namespace sallyport::policy::roots
