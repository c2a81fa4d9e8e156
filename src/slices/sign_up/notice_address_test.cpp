// A second address: at another provider, proven by its own mailbox, and without a fresh proof only while the
// account is being set up.
#include "slices/sign_up/notice_address.h"

#include "policy/level.h"
#include "policy/sign_up.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::sign_up {
namespace {

using policy::Level;
using policy::sign_up::NoticeRefusal;
using policy::sign_up::NoticeVerdict;
const Email second = *Email::parse("ada@other.example");

class NoticeAddress : public testing::TestWithParam<db::test::Engine> {
protected:
    NoticeAsked ask(const NoticeOwner& owner, std::optional<Email> address = second)
    {
        return sync_wait(mail_notice_code(m_w.world, test::stranger(), owner, std::move(address)));
    }
    NoticeOutcome prove(const NoticeOwner& owner, std::string typed)
    {
        return sync_wait(prove_notice_address(m_w.world, test::stranger(), owner, std::move(typed)));
    }
    NoticeVerdict judge(const AccountId& account, std::string_view address, Level level = Level::aal2)
    {
        return sync_wait(judge_notice_address(m_w.world, {account, {}, level}, *Email::parse(address)));
    }
    /// The newest code that was mailed to the second address.
    std::string mailed()
    {
        std::string code;
        for (const auto& mail : test::new_mails(m_w))
            if (mail.to == second.address()) {
                EXPECT_EQ(mail.mail, "E1");
                EXPECT_EQ(test::parameter(mail, "purpose"), "notice_address");
                EXPECT_EQ(test::parameter(mail, "words"), "")
                    << "an address that is not proven sees no words";
                code = test::parameter(mail, "code");
            }
        return code;
    }
    NoticeOwner owner(const test::Person& person, std::uint8_t session = 1)
    {
        NoticeOwner asking{person.id, {}, Level::aal2};
        asking.session.fill(session);
        return asking;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, NoticeAddress, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(NoticeAddress, CountsOnceItsMailboxAnswered)
{
    const auto ada = m_w.person();
    EXPECT_TRUE(ask(owner(ada)).sent);
    EXPECT_EQ(m_w.credentials(ada.id).channels().size(), 1U);
    EXPECT_EQ(prove(owner(ada), mailed()).answer, NoticeProven::added);
    std::set<std::string> told;
    for (const auto& mail : test::new_mails(m_w)) {
        EXPECT_EQ(mail.mail, "E32-added");
        EXPECT_EQ(test::parameter(mail, "name"), second.masked());
        EXPECT_NE(test::parameter(mail, "words"), "");
        told.insert(mail.to);
    }
    EXPECT_EQ(told, (std::set<std::string>{ada.email.address(), second.address()})) << "old and new";
    const auto channels = m_w.credentials(ada.id).channels();
    ASSERT_EQ(channels.size(), 2U);
    EXPECT_EQ(m_w.credentials(ada.id).primary_address(), ada.email) << "it signs nobody in";
    EXPECT_EQ(judge(ada.id, "third@third.example").refusal, NoticeRefusal::has_one);
}

TEST_P(NoticeAddress, IsAtAnotherProviderAndNeedsTheAccountsLevel)
{
    const auto ada = m_w.person();
    EXPECT_EQ(judge(ada.id, "ADA@mail.example").refusal, NoticeRefusal::same_address);
    EXPECT_EQ(judge(ada.id, "eve@MAIL.example").refusal, NoticeRefusal::same_provider);
    const auto grace = m_w.person({.email = "grace@gmail.com"});
    EXPECT_EQ(judge(grace.id, "grace@googlemail.com").refusal, NoticeRefusal::same_provider)
        << "one house, two domains: one thief reads both";
    EXPECT_FALSE(judge(grace.id, "grace@proton.me").refusal.has_value());
    EXPECT_EQ(judge(ada.id, "ada@other.example", Level::aal1).refusal, NoticeRefusal::level_too_low);
    EXPECT_FALSE(judge(ada.id, "ada@other.example").refusal.has_value());
}

TEST_P(NoticeAddress, AsksForAFreshProofOnceTheSignUpIsOver)
{
    const auto ada = m_w.person({.created_at = m_w.clock.now()});
    EXPECT_FALSE(judge(ada.id, "ada@other.example").needs_step_up);
    m_w.clock.advance(policy::sign_up::Limits{}.setting_up);
    EXPECT_TRUE(judge(ada.id, "ada@other.example").needs_step_up);
}

TEST_P(NoticeAddress, FiveTriesOverAllMailsAndAddresses)
{
    const auto ada = m_w.person();
    ask(owner(ada));
    const std::string code = mailed();
    const std::string wrong = code == "12345678" ? "87654321" : "12345678";
    for (int left = 4; left >= 0; --left) EXPECT_EQ(prove(owner(ada), wrong).tries_left, left);
    EXPECT_EQ(prove(owner(ada), code).answer, NoticeProven::dead);
    m_w.clock.advance(std::chrono::minutes{2});
    EXPECT_FALSE(ask(owner(ada), Email::parse("ada@third.example")).sent)
        << "another address is no way around";
    m_w.clock.advance(std::chrono::minutes{15});
    EXPECT_TRUE(ask(owner(ada)).sent);
    EXPECT_EQ(prove(owner(ada), mailed()).answer, NoticeProven::added);
}

TEST_P(NoticeAddress, ACodeIsOfItsSessionAndItsAccount)
{
    const auto ada = m_w.person();
    const auto eve = m_w.person({.email = "eve@mail.example"});
    ask(owner(ada));
    const std::string code = mailed();
    EXPECT_EQ(prove(owner(ada, 2), code).answer, NoticeProven::over);
    EXPECT_EQ(prove(owner(eve), code).answer, NoticeProven::over);
    EXPECT_EQ(prove(owner(ada), "").answer, NoticeProven::malformed);
    EXPECT_EQ(prove(owner(ada), code).answer, NoticeProven::added);
    EXPECT_EQ(prove(owner(ada), code).answer, NoticeProven::over) << "once";
}

TEST_P(NoticeAddress, ParallelRightCodesAddOneChannel)
{
    const auto ada = m_w.person();
    ask(owner(ada));
    const std::string code = mailed();
    std::atomic<int> added = 0;
    test::in_parallel(4, [&](int) {
        if (prove(owner(ada), code).answer == NoticeProven::added) ++added;
    });
    EXPECT_EQ(added, 1);
    EXPECT_EQ(m_w.credentials(ada.id).channels().size(), 2U);
}

TEST_P(NoticeAddress, EachCallThatFailsLosesNothing)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const std::string name = (when == When::before ? "b" : "a") + std::to_string(call);
            const auto person = m_w.person({.email = name + "@mail.example"});
            const auto address = Email::parse(name + "@other.example");
            const auto code = [&] {
                std::string newest;
                for (const auto& mail : test::new_mails(m_w))
                    if (mail.to == address->address()) newest = test::parameter(mail, "code");
                return newest;
            };
            const auto quietly = [](const auto& step) {
                try {
                    step();
                } catch (const Unavailable&) {
                }
            };
            m_failing.fail_call(call, when);
            quietly([&] { ask(owner(person), address); });
            quietly([&] { prove(owner(person), code()); });
            const bool all_ran = m_failing.calls() < call;
            m_failing.fail_call(0);
            if (m_w.credentials(person.id).channels().size() == 1) {
                m_w.clock.advance(std::chrono::minutes{1});
                ask(owner(person), address);
                EXPECT_EQ(prove(owner(person), code()).answer, NoticeProven::added) << name;
            }
            EXPECT_EQ(m_w.credentials(person.id).channels().size(), 2U) << name;
            if (all_ran) break;
        }
    }
}

}  // namespace
}  // namespace sallyport::sign_up
