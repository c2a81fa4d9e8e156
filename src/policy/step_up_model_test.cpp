#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "policy/step_up.h"

namespace sallyport::policy::step_up {
namespace {

using std::chrono::minutes;

const Instant start{std::chrono::hours{24 * 365 * 50}};

constexpr std::array every_deed{Deed::adds, Deed::adds_code, Deed::keeps, Deed::takes};
constexpr std::array every_highest{Level::aal1, Level::aal2, Level::aal3};

Methods methods_of(unsigned bits)
{
    Methods methods;
    for (unsigned n = 0; n < every_method.size(); ++n)
        if (bits >> n & 1u) methods.add(every_method[n]);
    return methods;
}

/// The law once more, by the proof instead of by the account.
bool is_enough(Methods fresh, Level highest, Deed deed, bool weak_second)
{
    const bool strong =
        fresh.has(Method::totp) || fresh.has(Method::passkey) || fresh.has(Method::bound_passkey);
    const bool password = fresh.has(Method::password);
    const bool code =
        fresh.has(Method::email_code) || fresh.has(Method::sms_code) || fresh.has(Method::recovery_code);
    if (strong || (password && fresh.has(Method::touched_key))) return true;
    if (!password || highest != Level::aal1) return false;
    if (deed == Deed::takes) return false;
    if (deed == Deed::adds_code) return !weak_second;
    return code || !weak_second;
}

void check_row(unsigned bits, Methods fresh, Level highest, Deed deed, Duration age)
{
    const Limits limits;
    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
    const Facts facts{bit(0), bit(1), bit(2), bit(3), bit(4), start, bit(5), deed};
    const bool enough = is_enough(fresh, highest, deed, bit(5));
    ASSERT_EQ(suffices(fresh, highest, deed, bit(5)), enough);

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
}

TEST(StepUpModel, EveryRowProofDeedAndAge)
{
    for (unsigned bits = 0; bits < 64; ++bits)
        for (unsigned proofs = 0; proofs < 256; ++proofs)
            for (const Level highest : every_highest)
                for (const Deed deed : every_deed)
                    for (const Duration age :
                         {Duration{0}, Duration{minutes{5}} - Duration{1}, Duration{minutes{5}}})
                        check_row(bits, methods_of(proofs), highest, deed, age);
    EXPECT_EQ(judge({true, true, true, true, false, start, false, Deed::keeps}, {Method::password},
                    Level::aal1, start, {}),
              Verdict::right);
    EXPECT_FALSE(Facts{}.weak_second_held);
    EXPECT_EQ(Facts{}.deed, Deed::takes) << "a deed that nobody described asks for a strong factor";
}

// What the page asks for is what then suffices, and not more than that.
TEST(StepUpModel, WhatIsAskedForSufficesAndNothingLess)
{
    for (const Level highest : every_highest)
        for (const Deed deed : every_deed)
            for (const bool weak : {false, true}) {
                const WeakProof asked = weak_proof(highest, deed, weak);
                const bool alone = suffices({Method::password}, highest, deed, weak);
                ASSERT_EQ(asked == WeakProof::password, alone);
                for (const Method code : {Method::email_code, Method::sms_code, Method::recovery_code}) {
                    const bool both = suffices({Method::password, code}, highest, deed, weak);
                    ASSERT_EQ(asked == WeakProof::password_and_code, both && !alone);
                    ASSERT_FALSE(suffices({code}, highest, deed, weak)) << "never without the password";
                }
            }
}

TEST(StepUpModel, AWeakProofNeverTakesProtectionAway)
{
    const Methods all_weak{Method::password, Method::email_code, Method::sms_code, Method::recovery_code};
    for (const Level highest : every_highest)
        for (const bool weak : {false, true}) {
            EXPECT_FALSE(suffices(all_weak, highest, Deed::takes, weak));
            for (const Deed deed : every_deed)
                EXPECT_FALSE(highest > Level::aal1 && suffices(all_weak, highest, deed, weak))
                    << "nor anything where there is a strong factor";
        }
    // Nobody is shut out: what an account has lets it add a strong factor.
    EXPECT_TRUE(suffices({Method::password}, Level::aal1, Deed::adds, false));
    for (const Method code : {Method::email_code, Method::sms_code, Method::recovery_code})
        EXPECT_TRUE(suffices({Method::password, code}, Level::aal1, Deed::adds, true));
}

Level highest_of(Methods held)
{
    AccountFactors factors;
    factors.apps = held.has(Method::totp) ? 1 : 0;
    factors.passkeys = held.has(Method::passkey) ? 1 : 0;
    factors.bound_passkeys = held.has(Method::bound_passkey) ? 1 : 0;
    factors.touched_keys = held.has(Method::touched_key) ? 1 : 0;
    return highest_level(factors);
}

// Of everything that an account can hold: what is asked for is held and suffices, and where anything that is
// held suffices, it is asked for.
TEST(StepUpModel, WhoeverCanApproveIsAskedForIt)
{
    int keys_only = 0;
    for (unsigned bits = 0; bits < 256; ++bits)
        for (const Deed deed : every_deed) {
            const Methods held = methods_of(bits);
            const Level highest = highest_of(held);
            const bool weak = held.has(Method::email_code) || held.has(Method::sms_code);
            const auto enough = [&](Methods shown) { return suffices(shown, highest, deed, weak); };
            const Ways asked = ways(held, highest, deed);
            ASSERT_EQ(asked == Ways{}, !enough(held)) << bits;
            ASSERT_EQ(asked.passkey, held.has(Method::passkey) || held.has(Method::bound_passkey));
            ASSERT_EQ(asked.app_code, held.has(Method::totp));
            const bool both = held.has(Method::touched_key) && held.has(Method::password);
            ASSERT_EQ(asked.key_after_password, both) << "two factors together, never the key alone";
            const bool strong = asked.passkey || asked.app_code || asked.key_after_password;
            if (asked.weak != WeakProof::none) ASSERT_TRUE(held.has(Method::password) && !strong);
            if (asked.weak == WeakProof::password) ASSERT_TRUE(enough({Method::password}));
            if (asked.weak == WeakProof::password_and_code) ASSERT_TRUE(weak);
            keys_only += both && !asked.passkey && !asked.app_code;
        }
    EXPECT_GT(keys_only, 0);
}

// Whoever read a password and a channel kills no kit that its owner keeps, and ends no road that began with
// it.
TEST(StepUpModel, AKitThatStillWorksGoesByAStrongFactorOnly)
{
    const Methods all_weak{Method::password, Method::email_code, Method::sms_code, Method::recovery_code};
    for (std::int64_t left = 0; left <= 10; ++left)
        for (const bool weak : {false, true})
            EXPECT_EQ(suffices(all_weak, Level::aal1, deed_of_kit(left), weak), left == 0) << left;
}

TEST(StepUp, WhatSuffices)
{
    using enum Method;
    for (const Deed deed : every_deed) {
        EXPECT_TRUE(suffices({totp}, Level::aal2, deed, true));
        EXPECT_FALSE(suffices({password}, Level::aal2, deed, false));
        EXPECT_FALSE(suffices({touched_key}, Level::aal2, deed, false)) << "never alone";
        EXPECT_TRUE(suffices({password, touched_key}, Level::aal2, deed, false));
        EXPECT_FALSE(suffices({password, recovery_code}, Level::aal2, deed, true));
        for (const Level highest : every_highest) {
            EXPECT_FALSE(suffices({}, highest, deed, false)) << "signing in never counts";
            EXPECT_FALSE(suffices({recovery_code}, highest, deed, true));
            EXPECT_FALSE(suffices({email_code, sms_code}, highest, deed, true));
        }
    }
    EXPECT_TRUE(suffices({password}, Level::aal1, Deed::keeps, false));
    EXPECT_FALSE(suffices({password}, Level::aal1, Deed::keeps, true));
    EXPECT_TRUE(suffices({password}, Level::aal1, Deed::adds_code, false));
    EXPECT_FALSE(suffices({password, sms_code}, Level::aal1, Deed::adds_code, true))
        << "whoever reads one channel opens no second one";
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
