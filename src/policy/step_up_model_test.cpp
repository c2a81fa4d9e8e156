#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "policy/step_up.h"

namespace sallyport::policy::step_up {
namespace {

using std::chrono::minutes;

const Instant start{std::chrono::hours{24 * 365 * 50}};

TEST(StepUpModel, EveryRowProofAndAge)
{
    const Limits limits;
    int right = 0;
    for (unsigned bits = 0; bits < 64; ++bits)
        for (unsigned proofs = 0; proofs < 256; ++proofs)
            for (const Level highest : {Level::aal1, Level::aal2, Level::aal3})
                for (const Duration age :
                     {Duration{0}, Duration{minutes{5}} - Duration{1}, Duration{minutes{5}}}) {
                    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                    const Facts facts{bit(0), bit(1), bit(2), bit(3), bit(4), start, bit(5)};
                    Methods fresh;
                    for (unsigned n = 0; n < 8; ++n)
                        if (proofs >> n & 1u) fresh.add(every_method[n]);
                    const bool strong = fresh.has(Method::totp) || fresh.has(Method::passkey) ||
                                        fresh.has(Method::bound_passkey);
                    const bool password = fresh.has(Method::password);
                    const bool code = fresh.has(Method::email_code) || fresh.has(Method::sms_code) ||
                                      fresh.has(Method::recovery_code);
                    const bool enough = strong || (password && fresh.has(Method::touched_key)) ||
                                        (password && highest == Level::aal1 && (code || !bit(5)));
                    ASSERT_EQ(suffices(fresh, highest, bit(5)), enough);

                    const Verdict verdict = judge(facts, fresh, highest, start + age, limits);
                    const bool same = bit(0) && bit(1) && bit(2) && bit(3);
                    const bool open = same && !bit(4) && age < minutes{5};
                    ASSERT_EQ(verdict == Verdict::right, open && enough);
                    ASSERT_EQ(verdict == Verdict::not_enough, open && !enough);
                    ASSERT_EQ(may_prove(facts, start + age, limits), open ? Verdict::right : verdict);
                    if (verdict == Verdict::other_account) ASSERT_FALSE(bit(0));
                    if (verdict == Verdict::other_session) ASSERT_TRUE(bit(0) && !bit(1));
                    if (verdict == Verdict::other_purpose) ASSERT_TRUE(bit(0) && bit(1) && !bit(2));
                    if (verdict == Verdict::other_summary) ASSERT_TRUE(bit(0) && bit(1) && bit(2) && !bit(3));
                    if (verdict == Verdict::used) ASSERT_TRUE(same && bit(4));
                    if (verdict == Verdict::expired) ASSERT_TRUE(same && !bit(4) && age >= minutes{5});
                    right += verdict == Verdict::right;
                }
    EXPECT_GT(right, 0);
    EXPECT_FALSE(Facts{}.weak_second_held);
    EXPECT_TRUE(suffices({Method::password}, Level::aal1)) << "no weak factor unless said";
}

TEST(StepUp, WhatSuffices)
{
    using enum Method;
    EXPECT_TRUE(suffices({totp}, Level::aal2));
    EXPECT_FALSE(suffices({password}, Level::aal2));
    EXPECT_TRUE(suffices({password}, Level::aal1));
    EXPECT_FALSE(suffices({touched_key}, Level::aal2)) << "never alone";
    EXPECT_TRUE(suffices({password, touched_key}, Level::aal2));
    for (const Level highest : {Level::aal1, Level::aal2, Level::aal3}) {
        EXPECT_FALSE(suffices({}, highest)) << "signing in never counts";
        EXPECT_FALSE(suffices({recovery_code}, highest));
        EXPECT_FALSE(suffices({email_code, sms_code}, highest));
    }
    EXPECT_FALSE(suffices({password, recovery_code}, Level::aal2));
}

TEST(StepUp, FactsNeverFilledInApproveNothing)
{
    const Limits limits;
    EXPECT_EQ(limits.life, minutes{5});
    Limits changed;
    for (const Duration good : {Duration{minutes{2}}, Duration{minutes{5}}}) {
        changed.life = good;
        EXPECT_EQ(first_out_of_range(changed), nullptr);
    }
    for (const Duration bad : {minutes{2} - Duration{1}, minutes{5} + Duration{1}}) {
        changed.life = bad;
        EXPECT_STREQ(first_out_of_range(changed), "life");
    }
    const Facts good{true, true, true, true, false, start};
    EXPECT_EQ(may_prove(good, start, limits), Verdict::right);
    EXPECT_EQ(may_prove({.same_session = true, .same_purpose = true, .same_summary = true, .asked_at = start},
                        start, limits),
              Verdict::other_account);
    EXPECT_EQ(may_prove({.same_account = true, .same_purpose = true, .same_summary = true, .asked_at = start},
                        start, limits),
              Verdict::other_session);
    EXPECT_EQ(may_prove({.same_account = true, .same_session = true, .same_summary = true, .asked_at = start},
                        start, limits),
              Verdict::other_purpose);
    EXPECT_EQ(may_prove({.same_account = true, .same_session = true, .same_purpose = true, .asked_at = start},
                        start, limits),
              Verdict::other_summary);
    EXPECT_EQ(may_prove({.same_account = true,
                         .same_session = true,
                         .same_purpose = true,
                         .same_summary = true,
                         .asked_at = start},
                        start, limits),
              Verdict::right)
        << "not used unless said";
}

TEST(StepUpModel, OneUseInEveryTrace)
{
    // Two deeds race for one row: the guard of the update (used = 0) lets one through.
    Facts facts{true, true, true, true, false, start};
    int approved = 0;
    for (int n = 0; n < 5; ++n)
        if (judge(facts, {Method::totp}, Level::aal2, start, {}) == Verdict::right) {
            ++approved;
            facts.used = true;
        }
    EXPECT_EQ(approved, 1);
}

}  // namespace
}  // namespace sallyport::policy::step_up
