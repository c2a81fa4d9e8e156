// What the worker tells an owner by itself, on both engines: each thing once, and nothing of a stranger's.
#include "proof/reminders.h"

#include "proof/changes.h"
#include "proof/mailboxes.h"
#include "proof/open_session.h"
#include "proof/tries.h"
#include "store/due_work.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::proof {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using test::Person;

class Reminders : public testing::TestWithParam<db::test::Engine> {
protected:
    std::vector<store::OutboxMail> told()
    {
        EXPECT_EQ(sync_wait(do_due_changes(m_w.world)), 0) << "no change was due";
        return test::new_mails(m_w);
    }
    /// A wrong password of a stranger's, as first_factor.cpp charges it. The count of such tries.
    std::int64_t guess(const std::string& key, const AccountId& account)
    {
        const auto admission = sync_wait(
            charge_try(m_w.world, test::stranger(), {key, {}, {}}, policy::throttle::guess_cost));
        const auto& charge = std::get<Charge>(admission);
        if (policy::reminders::is_worth_a_look(charge.charged, m_w.world.throttle))
            m_w.transact([&](db::Tx& tx) { store::put_due_work_if_known(tx, account, m_w.clock.now()); });
        return charge.charged;
    }
    void advance_past_waits() { m_w.clock.advance(m_w.world.throttle.longest_wait); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
};
INSTANTIATE_TEST_SUITE_P(Engines, Reminders, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Reminders, ManyFailedSignInsAreToldByTheTens)
{
    const Person ada = m_w.person({.notice_email = "ada@other.example"});
    const auto nobody = m_w.random.id<AccountId>(m_w.clock.now());
    for (int i = 1; i < 10; ++i) EXPECT_EQ(guess(ada.email.key(), ada.id), i);
    EXPECT_TRUE(told().empty()) << "people mistype";
    EXPECT_EQ(guess(ada.email.key(), ada.id), 10);
    for (int i = 0; i < 10; ++i) guess("nobody@mail.example", nobody);
    const auto mails = told();
    ASSERT_EQ(mails.size(), 2U) << "both addresses, and nobody else";
    for (const store::OutboxMail& mail : mails) {
        EXPECT_EQ(mail.mail, "E13");
        EXPECT_EQ(test::parameter(mail, "count"), "10");
        EXPECT_NE(test::parameter(mail, "words"), "");
        for (const char* const theirs : {"browser", "address", "name"})
            EXPECT_EQ(test::parameter(mail, theirs), "") << "a stranger chooses nothing of it";
    }
    EXPECT_TRUE(told().empty()) << "once";
    for (int i = 11; i <= 20; ++i) {
        advance_past_waits();
        EXPECT_EQ(guess(ada.email.key(), ada.id), i);
    }
    const auto later = told();
    ASSERT_EQ(later.size(), 2U);
    EXPECT_EQ(test::parameter(later[0], "count"), "20");
}

TEST_P(Reminders, TwoMailsAboutFailedSignInsAreAQuarterOfAnHourApart)
{
    const Person ada = m_w.person();
    const auto due = [&] {
        m_w.transact([&](db::Tx& tx) { store::put_due_work(tx, ada.id, m_w.clock.now()); });
        return told().size();
    };
    for (int i = 1; i <= 10; ++i) guess(ada.email.key(), ada.id);
    EXPECT_EQ(due(), 1U);
    m_w.clock.advance(minutes{14});
    EXPECT_EQ(due(), 0U);
    m_w.clock.advance(minutes{1});
    EXPECT_EQ(due(), 1U);
    const auto nothing = [&](db::Tx& tx) {
        succeed(tx, m_w.world, test::stranger(), {ada.email.key(), {}, {}}, std::nullopt,
                m_w.clock.now());
    };
    m_w.transact(nothing);
    m_w.clock.advance(minutes{30});
    EXPECT_EQ(due(), 0U) << "they signed in meanwhile";
}

TEST_P(Reminders, AKitOfAYearIsToldOnce)
{
    const Person ada = m_w.person({.codes = 3});
    const Instant made = m_w.credentials(ada.id).kit()->created_at;
    m_w.transact([&](db::Tx& tx) { await_old_kit(tx, ada.id, made); });
    m_w.clock.set(made + days{365} - std::chrono::milliseconds{1});
    EXPECT_TRUE(told().empty());
    m_w.clock.set(made + days{365});
    const auto mails = told();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].mail, "E28");
    m_w.clock.advance(days{1});
    m_w.transact([&](db::Tx& tx) { store::put_due_work(tx, ada.id, m_w.clock.now()); });
    EXPECT_TRUE(told().empty()) << "once";
}

TEST_P(Reminders, TheEndOfTheLastHoldIsTold)
{
    const Person ada = m_w.person();
    const auto hold = [&](policy::holds::Cause cause) {
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
            hold_value(tx, m_w.world, set, cause, m_w.clock.now());
            set.save(tx, m_w.keys.keys, m_w.clock.now());
        });
        return *m_w.credentials(ada.id).held_until(m_w.clock.now());
    };
    const Instant first = hold(policy::holds::Cause::password_changed);
    m_w.clock.advance(days{1});
    const Instant second = hold(policy::holds::Cause::kit_made);
    ASSERT_LT(first, second);
    m_w.clock.set(first);
    EXPECT_TRUE(told().empty()) << "another one runs";
    m_w.clock.set(second);
    const auto mails = told();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].mail, "E35-over");
    EXPECT_TRUE(told().empty());
    m_w.transact([&](db::Tx& tx) {  // what starts it otherwise: a lock code, a reset, a way back
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        start_hold(tx, m_w.world, set, policy::holds::Cause::exits_paused, days{3}, second);
        set.save(tx, m_w.keys.keys, second);
    });
    m_w.clock.set(second + days{3});
    EXPECT_EQ(told().size(), 1U);
}

// Where a number takes texts, a new browser is told there, too: a few times a day, never by a call.
TEST_P(Reminders, ANewBrowserIsToldByText)
{
    const Person ada = m_w.person();
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351212345678", m_w.clock.now()});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    m_w.world.text_calls = true;
    const auto sign_in = [&] {
        const auto tokens = make_session_tokens(m_w.random);
        m_w.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
            const auto account = store::load_account(tx, m_w.keys.keys, ada.id);
            open_session(tx, m_w.world, test::stranger(), account, set, {policy::Method::password},
                         policy::Level::aal1, tokens, true, m_w.clock.now());
        });
        return m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, 9, days{1}, m_w.clock.now(),
                                     store::OutboxChannel::text);
        });
    };
    const auto texts = sign_in();
    ASSERT_EQ(texts.size(), 1U) << "the landline is not called for it";
    EXPECT_EQ(texts[0].mail.mail, "T12");
    EXPECT_EQ(texts[0].mail.to, "+351912345678");
    EXPECT_TRUE(texts[0].mail.parameters.empty());
    EXPECT_TRUE(sign_in().empty());
    m_w.clock.advance(std::chrono::hours{6} - minutes{1});
    EXPECT_TRUE(sign_in().empty()) << "a few times a day";
    m_w.clock.advance(minutes{1});
    EXPECT_EQ(sign_in().size(), 1U);
}

}  // namespace
}  // namespace sallyport::proof
