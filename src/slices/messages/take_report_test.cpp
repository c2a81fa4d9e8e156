// Reports on mails, on both engines: what counts, and that nobody but who was given the mail brings anything
// about (forged, replayed, another message's, months old).
#include "slices/messages/take_report.h"

#include "crypto/envelope_tag.h"
#include "slices/messages/heard.h"
#include "slices/messages/list_messages.h"
#include "store/address_standings.h"
#include "store/due_work.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

using policy::deliverability::Heard;
using policy::deliverability::ReportAnswer;
using policy::deliverability::Standing;
using policy::deliverability::Status;
using Kind = DeliveryReport::Kind;
using test::World;

constexpr Status gone{5, 1, 1};
constexpr Status full{5, 2, 2};
constexpr policy::deliverability::Limits limits;

class TakeReport : public testing::TestWithParam<db::test::Engine> {
protected:
    struct Sent {
        OutboxId id;
        std::string tagged;
    };
    /// A notice that the relay took.
    Sent sent(const std::string& to = "ada@mail.example", bool leaves = true)
    {
        const Instant now = m_w.clock.now();
        const store::OutboxMail mail{m_w.random.id<OutboxId>(now), m_person.id, "E19", to, "en", {}};
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, now);
            if (!leaves) return store::claim_mail(tx, m_w.keys.keys, 0, {}, now);
            auto rows = store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::hours{1}, now);
            store::mark_delivered(tx, mail.id, now);
            return rows;
        });
        const auto serial = sync_wait(m_w.world.database.read(
                                          "SELECT message_serial FROM outbox WHERE id = $1", mail.id.value()))
                                .integer(0, 0);
        return {mail.id, crypto::tagged_address("bounces@mail.exchange.example", m_tags.make(serial))};
    }
    ReportAnswer take(DeliveryReport report)
    {
        return sync_wait(take_report(m_w.world.database, m_w.keys.keys, m_w.clock.now(), std::move(report)));
    }
    ReportAnswer bounce(const std::string& tagged, Status status = gone)
    {
        return take({Kind::bounce, status, {tagged}});
    }
    Standing standing(const std::string& address = "ada@mail.example")
    {
        return m_w.transact([&](db::Tx& tx) {
            return store::load_standing(tx, m_w.keys.keys, m_person.id, *Email::parse(address));
        });
    }
    bool is_marked(const std::string& address = "ada@mail.example")
    {
        return policy::deliverability::is_undeliverable(standing(address), m_w.clock.now(), limits);
    }
    std::vector<store::SentMessage> listed()
    {
        return sync_wait(list_messages(m_w.world, m_person.id, std::nullopt)).messages;
    }
    std::size_t due()
    {
        return m_w.transact([&](db::Tx& tx) { return store::due_accounts(tx, m_w.clock.now(), 10); }).size();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    World m_w{m_fresh.database()};
    crypto::EnvelopeTags m_tags{m_w.keys.index};
    test::Person m_person = m_w.person({.notice_email = "ada@second.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, TakeReport, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(TakeReport, AHardBounceMarksTheAddressAtOnceAndIsListed)
{
    const auto mail = sent();
    EXPECT_FALSE(is_marked());
    EXPECT_EQ(bounce(mail.tagged), ReportAnswer::counts);
    EXPECT_TRUE(is_marked());
    EXPECT_FALSE(is_marked("ada@second.example"));
    EXPECT_EQ(listed().at(0).state, store::MessageState::bounced);
    EXPECT_EQ(due(), 1U) << "the other channels are to be told";
}

TEST_P(TakeReport, SoftOnesMarkItAfterThreeOverThreeDays)
{
    for (int day = 0; day < 4; ++day) {
        EXPECT_EQ(is_marked(), false) << day;
        EXPECT_EQ(bounce(sent().tagged, full), ReportAnswer::counts);
        m_w.clock.advance(std::chrono::hours{24});
    }
    EXPECT_TRUE(is_marked());
    EXPECT_EQ(standing().failures, 4);
}

TEST_P(TakeReport, OfASecondAddressItMarksThatOne)
{
    EXPECT_EQ(bounce(sent("ADA@second.example").tagged), ReportAnswer::counts);
    EXPECT_TRUE(is_marked("ada@second.example"));
    EXPECT_FALSE(is_marked());
}

TEST_P(TakeReport, AComplaintIsShownAndMarksNothing)
{
    const auto mail = sent();
    EXPECT_EQ(take({Kind::complaint, {}, {mail.tagged}}), ReportAnswer::counts);
    EXPECT_FALSE(is_marked());
    EXPECT_EQ(standing().complained_at, m_w.clock.now());
    EXPECT_EQ(listed().at(0).state, store::MessageState::complained);
}

// --- attacks: nobody but who was given the mail

TEST_P(TakeReport, AForgedTagDoesNothing)
{
    const auto mail = sent();
    const std::string tag = mail.tagged.substr(8, crypto::envelope_tag_characters);
    std::vector<std::string> forged{"", "bounces@mail.exchange.example", "bounces+@mail.exchange.example",
                                    "bounces+" + std::string(24, '0') + "@mail.exchange.example"};
    for (std::size_t i = 0; i < tag.size(); ++i) {
        std::string other = tag;
        other[i] = other[i] == '0' ? '1' : '0';
        forged.push_back("bounces+" + other + "@mail.exchange.example");
    }
    for (const std::string& address : forged) EXPECT_EQ(bounce(address), ReportAnswer::forged) << address;
    EXPECT_EQ(take({Kind::bounce, gone, {}}), ReportAnswer::forged);
    EXPECT_EQ(standing(), Standing{});
    EXPECT_EQ(listed().at(0).state, store::MessageState::delivered);
}

TEST_P(TakeReport, AReplayedTagCountsOnce)
{
    const auto mail = sent();
    EXPECT_EQ(bounce(mail.tagged, full), ReportAnswer::counts);
    for (int i = 0; i < 5; ++i) {
        m_w.clock.advance(std::chrono::hours{24});
        EXPECT_EQ(bounce(mail.tagged, full), ReportAnswer::reported_before);
        EXPECT_EQ(bounce(mail.tagged, gone), ReportAnswer::reported_before);
        EXPECT_EQ(take({Kind::complaint, {}, {mail.tagged}}), ReportAnswer::reported_before);
    }
    EXPECT_EQ(standing().failures, 1);
    EXPECT_FALSE(is_marked());
}

TEST_P(TakeReport, ManyAtOnceCountOnce)
{
    const auto mail = sent();
    std::atomic<int> counted = 0;
    test::in_parallel(4, [&](int) { counted += bounce(mail.tagged, full) == ReportAnswer::counts ? 1 : 0; });
    EXPECT_EQ(counted, 1);
    EXPECT_EQ(standing().failures, 1);
}

TEST_P(TakeReport, ATagOfAnotherMessageMarksThatOnesAddressOnly)
{
    // Bob has a mail of his own, and sends its tag with a report that speaks of Ada.
    const auto bob = m_w.person({.email = "bob@mail.example"});
    const auto ada_s = sent();
    const Instant now = m_w.clock.now();
    const store::OutboxMail mail{m_w.random.id<OutboxId>(now), bob.id, "E19", "bob@mail.example", "en", {}};
    m_w.transact([&](db::Tx& tx) {
        store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, now);
        store::mark_delivered(tx, mail.id, now);
    });
    const auto serial =
        sync_wait(m_w.world.database.read("SELECT message_serial FROM outbox WHERE id = $1", mail.id.value()))
            .integer(0, 0);
    EXPECT_EQ(bounce("ada+" + m_tags.make(serial) + "@mail.example"), ReportAnswer::counts);
    EXPECT_EQ(standing(), Standing{});
    EXPECT_EQ(bounce(ada_s.tagged), ReportAnswer::counts) << "hers still counts";
}

TEST_P(TakeReport, AnOldTagDoesNothing)
{
    const auto mail = sent();
    m_w.clock.advance(limits.report_life);
    EXPECT_EQ(bounce(mail.tagged), ReportAnswer::too_old);
    EXPECT_EQ(standing(), Standing{});
    m_w.clock.advance(std::chrono::days{90});
    EXPECT_EQ(bounce(mail.tagged), ReportAnswer::too_old);
}

TEST_P(TakeReport, WhatNeverLeftCannotComeBack)
{
    EXPECT_EQ(bounce(sent("ada@mail.example", false).tagged), ReportAnswer::unknown);
    EXPECT_EQ(bounce("b+" + m_tags.make(12'345) + "@x.example"), ReportAnswer::unknown) << "ours, and no row";
    EXPECT_EQ(standing(), Standing{});
}

TEST_P(TakeReport, AnAddressThatIsTheAccountsNoMoreIsNotMarked)
{
    const auto mail = sent("ada@before.example");
    EXPECT_EQ(bounce(mail.tagged), ReportAnswer::message_only);
    EXPECT_EQ(standing("ada@before.example"), Standing{});
    EXPECT_EQ(listed().at(0).state, store::MessageState::bounced);
}

TEST_P(TakeReport, ARowThatIsNotOursCountsAsNone)
{
    EXPECT_EQ(bounce(sent().tagged), ReportAnswer::counts);
    test::CapturedLog log;
    const auto set = [&](db::Sql sql) { m_w.transact([&](db::Tx& tx) { tx.execute(sql); }); };
    set("UPDATE address_standings SET failures = 7");
    EXPECT_EQ(standing(), Standing{});
    EXPECT_EQ(log.alarms(), 1U);
    EXPECT_FALSE(is_marked());
}

TEST_P(TakeReport, ATakenMailAndSixQuietDaysEndIt)
{
    EXPECT_EQ(bounce(sent().tagged), ReportAnswer::counts);
    const auto accepted = [&] {
        m_w.transact([&](db::Tx& tx) {
            hear(tx, m_w.keys.keys, m_person.id, m_person.email, Heard::accepted, m_w.clock.now());
        });
    };
    m_w.clock.advance(std::chrono::hours{1});
    accepted();
    m_w.clock.advance(limits.quiet - Duration{1});
    EXPECT_TRUE(is_marked());
    m_w.clock.advance(Duration{1});
    EXPECT_FALSE(is_marked());
    accepted();
    EXPECT_EQ(standing(), Standing{}) << "and the row goes";
}

TEST_P(TakeReport, ADatabaseThatFailsLosesNoReport)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        const auto mail = sent();
        db::test::FailingDatabase failing(m_w.world.database);
        failing.fail_call(1, when);
        const auto give = [&] {
            return sync_wait(
                take_report(failing, m_w.keys.keys, m_w.clock.now(), {Kind::bounce, full, {mail.tagged}}));
        };
        const int before = static_cast<int>(standing().failures);
        EXPECT_THROW(give(), Unavailable);
        // The mail server keeps the report, and gives it again.
        EXPECT_EQ(give(), when == When::before ? ReportAnswer::counts : ReportAnswer::reported_before);
        EXPECT_EQ(standing().failures, before + 1);
    }
}

}  // namespace
}  // namespace sallyport::messages
