// A fact that nobody filled in, and a verdict that nobody gave, must stand for nothing that anybody could
// use.
#include <gtest/gtest.h>

#include "policy/challenge.h"
#include "policy/deliverability.h"
#include "policy/factors.h"
#include "policy/passwords.h"
#include "policy/phones.h"
#include "policy/sign_in.h"
#include "policy/sign_up.h"
#include "policy/throttle.h"
#include "policy/words.h"

namespace sallyport::policy {
namespace {

TEST(UnfilledFacts, Throttle)
{
    const throttle::Facts facts;
    EXPECT_FALSE(facts.known_browser || facts.pass);
    EXPECT_EQ(facts.stranger, (throttle::Bucket{0, {}}));
    EXPECT_EQ(facts.network_failures, 0);
    EXPECT_EQ(throttle::Verdict{}, (throttle::Verdict{throttle::Answer::wait, throttle::Door::stranger, {}}));
    const throttle::Schedule schedule;  // lets nothing through
    EXPECT_EQ(schedule.free_tries, 0);
    EXPECT_EQ(schedule.first_wait_ms, 0);
    EXPECT_EQ(schedule.doublings, 0);
    EXPECT_EQ(schedule.longest_wait_ms, 0);
    EXPECT_EQ(schedule.cap, 0);
    EXPECT_EQ(throttle::NetworkCount{}, (throttle::NetworkCount{0, {}}));
    EXPECT_EQ(throttle::Mails{}, (throttle::Mails{0, {}, {}}));
    const throttle::PassFacts pass;
    EXPECT_FALSE(pass.same_browser);
    EXPECT_FALSE(pass.opened_before);
    EXPECT_EQ(pass.code_tries, 0);
    EXPECT_EQ(pass.opened_today, 0);
    EXPECT_EQ(throttle::Bucket{}.searched, 0);
}

TEST(UnfilledFacts, Factors)
{
    const factors::Steps steps;
    EXPECT_EQ(steps.first, 0);
    EXPECT_EQ(steps.last, 0);
    const factors::AddFacts add;
    EXPECT_EQ(add.session, Level::none);
    EXPECT_EQ(add.account_highest, Level::none);
    EXPECT_EQ(add.apps, 0);
    const AccountFactors account;
    EXPECT_EQ(account.apps, 0);
    EXPECT_EQ(account.passkeys, 0);
    EXPECT_EQ(account.bound_passkeys, 0);
}

TEST(UnfilledFacts, Challenge) { EXPECT_FALSE(challenge::SmsFacts{}.voice_wanted); }

TEST(UnfilledFacts, Words)
{
    const words::Facts facts;
    EXPECT_EQ(facts.characters, 0);
    EXPECT_EQ(facts.letters, 0);
    EXPECT_EQ(facts.digits, 0);
}

TEST(UnfilledFacts, Phones)
{
    const phones::Facts facts;
    EXPECT_EQ(facts.deed, phones::Deed::add_phone);
    EXPECT_FALSE(facts.method_taken || facts.stepped_up || facts.held);
    EXPECT_EQ(facts.session, Level::none);
    EXPECT_EQ(facts.account_highest, Level::none);
    EXPECT_EQ(facts.phones, 0);
}

TEST(UnfilledFacts, Deliverability)
{
    const deliverability::ReportFacts report;
    EXPECT_FALSE(report.tag_right || report.message_found || report.handed_over);
    EXPECT_FALSE(report.reported || report.address_held);
    EXPECT_EQ(deliverability::judge_report({}, {}, {}), deliverability::ReportAnswer::forged);
    EXPECT_EQ(deliverability::Intake{}.count, 0);
}

TEST(UnfilledFacts, SignInSignUpAndPasswords)
{
    const sign_in::FirstFacts first;
    EXPECT_EQ(first.held, Methods{});
    EXPECT_EQ(first.used_here, Methods{});
    const sign_in::AloneFacts alone;
    EXPECT_EQ(alone.method, Method::touched_key);
    EXPECT_EQ(alone.state, sign_in::AccountState::active);
    EXPECT_FALSE(sign_in::AloneVerdict{}.signed_in || sign_in::AloneVerdict{}.unlock);
    EXPECT_FALSE(sign_in::after_passkey({}).signed_in) << "a key that was only touched";
    EXPECT_EQ(sign_in::SecondFacts{}.wrong_before, 0);
    EXPECT_EQ(passwords::Facts{}.code_points, 0);
    EXPECT_FALSE(sign_up::SendVerdict{}.send);
    const sign_up::Step step;
    EXPECT_EQ(step.answer, sign_up::Answer::not_now);
    EXPECT_EQ(step.stage, sign_up::Stage::address);
    EXPECT_TRUE(sign_up::NoticeVerdict{}.needs_step_up);
    const sign_up::NoticeFacts notice;
    EXPECT_FALSE(notice.has_one || notice.same_address || notice.same_provider);
    EXPECT_EQ(sign_up::judge_notice_address({}, {}, {}).refusal, sign_up::NoticeRefusal::level_too_low);
}

}  // namespace
}  // namespace sallyport::policy
