// Events that repeat: the first is told at once, then one mail in fifteen minutes says how many there were; a
// change is told each time (ux.md, M9).
#include "policy/bundles.h"

#include "proof/effects.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::proof {
namespace {

using policy::bundles::every;
using policy::notices::Kind;

constexpr Duration lease = std::chrono::minutes{2};

class Bundles : public testing::TestWithParam<db::test::Engine> {
protected:
    void happens(Kind kind, std::string browser = "Firefox · Linux")
    {
        Asker asker = test::stranger();
        asker.browser = std::move(browser);
        m_w.transact([&](db::Tx& tx) {
            const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            tell(tx, m_w.world, kind, account, credentials, facts_of(asker, m_w.clock.now()),
                 m_w.clock.now());
        });
    }
    std::vector<store::ClaimedMail> claim()
    {
        return m_w.transact(
            [&](db::Tx& tx) { return store::claim_mail(tx, m_w.keys.keys, 100, lease, m_w.clock.now()); });
    }
    /// What leaves now, as the worker would send it.
    std::vector<store::OutboxMail> leaves()
    {
        std::vector<store::OutboxMail> mails;
        for (const store::ClaimedMail& one : claim()) {
            m_w.transact([&](db::Tx& tx) { return store::mark_delivered(tx, one.mail.id, m_w.clock.now()); });
            mails.push_back(one.mail);
        }
        return mails;
    }
    std::string at() { return std::to_string(to_unix_ms(m_w.clock.now())); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    const test::Person m_ada = m_w.person({.notice_email = "ada@other.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, Bundles, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Bundles, TellTheFirstAtOnceAndTheOthersTogether)
{
    happens(Kind::sessions_ended, "one");
    const auto first = leaves();
    ASSERT_EQ(first.size(), 2U) << "both addresses";
    EXPECT_EQ(test::parameter(first[0], "times"), "");
    const Instant first_at = m_w.clock.now();

    m_w.clock.advance(std::chrono::minutes{4});
    const std::string since = at();
    happens(Kind::sessions_ended, "two");
    m_w.clock.advance(std::chrono::minutes{4});
    happens(Kind::sessions_ended, "three");
    const std::string newest = at();
    EXPECT_TRUE(leaves().empty());
    m_w.clock.set(first_at + every - Duration{1});
    EXPECT_TRUE(leaves().empty());
    m_w.clock.set(first_at + every);
    const auto second = leaves();
    ASSERT_EQ(second.size(), 2U);
    std::set<std::string> to;
    for (const store::OutboxMail& mail : second) {
        EXPECT_EQ(mail.mail, "E16");
        EXPECT_EQ(test::parameter(mail, "times"), "2");
        EXPECT_EQ(test::parameter(mail, "since"), since);
        EXPECT_EQ(test::parameter(mail, "at"), newest);
        EXPECT_EQ(test::parameter(mail, "browser"), "three");
        EXPECT_EQ(test::parameter(mail, "words"), "amber river 48");
        to.insert(mail.to);
    }
    EXPECT_EQ(to, (std::set<std::string>{"ada@mail.example", "ada@other.example"}));

    happens(Kind::sessions_ended, "four");
    EXPECT_TRUE(leaves().empty()) << "one in fifteen minutes";
    m_w.clock.advance(every);
    EXPECT_EQ(leaves().size(), 2U);
    m_w.clock.advance(every + Duration{1});
    happens(Kind::sessions_ended, "five");
    const auto quiet = leaves();
    ASSERT_EQ(quiet.size(), 2U) << "after a quiet time it is a first one again";
    EXPECT_EQ(test::parameter(quiet[0], "times"), "");
}

TEST_P(Bundles, HoldOneKindOfOneAccount)
{
    happens(Kind::sessions_ended);
    EXPECT_EQ(leaves().size(), 2U);
    happens(Kind::new_sign_in);
    EXPECT_EQ(leaves().size(), 2U);
    happens(Kind::sign_in_stopped);
    EXPECT_EQ(leaves().size(), 2U);
    const auto eve = m_w.person({.email = "eve@mail.example"});
    m_w.transact([&](db::Tx& tx) {
        tell(tx, m_w.world, Kind::sessions_ended, store::load_account(tx, m_w.keys.keys, eve.id),
             store::CredentialSet::load(tx, m_w.keys.keys, eve.id),
             facts_of(test::stranger(), m_w.clock.now()), m_w.clock.now());
    });
    EXPECT_EQ(leaves().size(), 1U);
}

TEST_P(Bundles, NeverHoldAChangeOrACode)
{
    for (const Kind kind : {Kind::app_added, Kind::kit_made, Kind::password_changed, Kind::words_changed,
                            Kind::recovery_code_used, Kind::sign_in_pass}) {
        for (int n = 0; n < 3; ++n) {
            happens(kind);
            const auto left = leaves();
            EXPECT_EQ(left.size(), kind == Kind::sign_in_pass ? 1U : 2U) << mail_of(kind);
            for (const store::OutboxMail& mail : left) EXPECT_EQ(test::parameter(mail, "times"), "");
        }
    }
}

// A row that a worker has had in hand may have left: what is told there might be told to nobody.
TEST_P(Bundles, JoinNoMailThatMayHaveLeft)
{
    happens(Kind::sessions_ended, "one");
    ASSERT_EQ(claim().size(), 2U);
    happens(Kind::sessions_ended, "two");
    m_w.clock.advance(lease);  // the worker was killed before it could say
    const auto again = leaves();
    ASSERT_EQ(again.size(), 2U);
    EXPECT_EQ(test::parameter(again[0], "browser"), "one");
    m_w.clock.advance(every);
    const auto later = leaves();
    ASSERT_EQ(later.size(), 2U);
    EXPECT_EQ(test::parameter(later[0], "browser"), "two");
}

TEST_P(Bundles, CountEventsThatHappenAtOnce)
{
    happens(Kind::new_sign_in);
    EXPECT_EQ(leaves().size(), 2U);
    test::in_parallel(8, [&](int) { happens(Kind::new_sign_in); });
    m_w.clock.advance(every);
    const auto bundle = leaves();
    ASSERT_EQ(bundle.size(), 2U);
    for (const store::OutboxMail& mail : bundle) EXPECT_EQ(test::parameter(mail, "times"), "8");
}

TEST_P(Bundles, LeaveARowThatDoesNotOpenToTheWorker)
{
    happens(Kind::sessions_ended);
    m_w.transact([](db::Tx& tx) { tx.execute("UPDATE outbox SET sealed = $1", Bytes{1, 2, 3}); });
    happens(Kind::sessions_ended, "two");
    test::CapturedLog log;
    const auto left = leaves();
    ASSERT_EQ(left.size(), 2U);
    EXPECT_EQ(test::parameter(left[0], "browser"), "two");
    EXPECT_EQ(log.alarms(), 2U);
}

}  // namespace
}  // namespace sallyport::proof
