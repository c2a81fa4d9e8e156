// A mail leaves for a real mail server, which finds later that it cannot deliver it; what comes back marks
// the address.
#include "adapters/smtp.h"
#include "crypto/envelope_tag.h"
#include "slices/messages/deliver.h"
#include "slices/messages/delivery_report.h"
#include "slices/messages/outbox_fixture.h"
#include "slices/messages/take_report.h"
#include "store/address_standings.h"
#include "store/message_reports.h"
#include "support/child.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace sallyport::messages {
namespace {

using policy::deliverability::ReportAnswer;
using policy::deliverability::Status;

class RealBounce : public testing::Test {
protected:
    /// Exim, and behind it a server that refuses; false where nobody may start them.
    bool start()
    {
        std::vector<std::string> command{(::sallyport::test::support_folder() / "smtp_exim").string(),
                                         m_folder.path().string(), std::to_string(m_behind_port)};
        if (::geteuid() != 0) {
            if (::sallyport::test::Child({"sudo", "-n", "true"}).wait() != 0) return false;
            command.insert(command.begin(), {"sudo", "-n"});
        }
        std::filesystem::permissions(m_folder.path(), std::filesystem::perms(0755));
        m_exim = std::make_unique<::sallyport::test::Child>(std::move(command));
        m_port = static_cast<std::uint16_t>(std::stoi(m_exim->read_line().substr(5)));
        return true;
    }
    Sender sender() const
    {
        Sender sender = messages::test::sender();
        sender.bounces = Email::parse("bounces@back.example");
        sender.tags = std::make_shared<const crypto::EnvelopeTags>(m_w.keys.index);
        return sender;
    }
    /// A notice to the account's address leaves, and the relay takes it.
    void send(const ::sallyport::test::Person& person)
    {
        const Instant now = m_w.clock.now();
        const store::OutboxMail mail{m_w.random.id<OutboxId>(now), person.id, "E10",
                                     person.email.address(),       "en",      {{"code", "123456"}}};
        m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, now);
        });
        adapters::SmtpOptions options;
        options.host = "127.0.0.1";
        options.port = m_port;
        options.tls = adapters::SmtpTls::none;
        adapters::SmtpMailer mailer(std::move(options));
        const Deliverer deliverer(m_w.world.database, m_w.keys.keys, m_w.clock, mailer,
                                  messages::test::render, sender());
        while (deliverer.counts().delivered == 0 && deliverer.counts().failed == 0) std::this_thread::yield();
        EXPECT_EQ(deliverer.counts().delivered, 1U) << "the relay takes it";
    }
    /// What came back, when it does.
    std::string returned() const
    {
        const auto mailbox = m_folder.path() / "back" / "new";
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while ((!std::filesystem::exists(mailbox) || std::filesystem::is_empty(mailbox)) &&
               std::chrono::steady_clock::now() < deadline)
            // NOLINTNEXTLINE(sleep): the mail server tells nobody when it has delivered: look again
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::stringstream text;
        if (std::filesystem::exists(mailbox))
            text << std::ifstream(std::filesystem::directory_iterator(mailbox)->path()).rdbuf();
        return text.str();
    }
    ReportAnswer take(DeliveryReport report)
    {
        return sync_wait(take_report(m_w.world.database, m_w.keys.keys, m_w.clock.now(), std::move(report)));
    }
    policy::deliverability::Standing standing(const ::sallyport::test::Person& person)
    {
        return m_w.transact(
            [&](db::Tx& tx) { return store::load_standing(tx, m_w.keys.keys, person.id, person.email); });
    }

    ::sallyport::test::TemporaryFolder m_folder;
    std::uint16_t m_behind_port = 1;
    std::uint16_t m_port = 0;
    std::unique_ptr<::sallyport::test::Child> m_exim;
    db::test::FreshDatabase m_fresh = db::test::engines().front().make();
    ::sallyport::test::World m_w{m_fresh.database()};
};

TEST_F(RealBounce, OfANameThatTheServerDoesNotFind)
{
    if (!start()) GTEST_SKIP() << "exim4 takes mail only where root starts it";
    const auto person = m_w.person({.email = "ada@gone.example"});
    send(person);
    const std::string text = returned();
    const auto report = read_report(text);
    ASSERT_TRUE(report.has_value()) << text;
    EXPECT_EQ(report->kind, DeliveryReport::Kind::bounce);
    EXPECT_EQ(report->status, (Status{5, 0, 0})) << "Exim says no more of its own names";
    EXPECT_EQ(take(*report), ReportAnswer::counts) << text;
    EXPECT_EQ(standing(person).failures, 1);
    EXPECT_FALSE(standing(person).undeliverable_since) << "it may be another day's mistake";
    m_exim->close_input();
    EXPECT_EQ(m_exim->wait(), 0);
}

TEST_F(RealBounce, OfAnAddressThatAServerBehindItRefuses)
{
    ::sallyport::test::Child behind({(::sallyport::test::support_folder() / "smtp_server").string()});
    m_behind_port = static_cast<std::uint16_t>(std::stoi(behind.read_line().substr(5)));
    if (!start()) GTEST_SKIP() << "exim4 takes mail only where root starts it";
    const auto person = m_w.person({.email = "refuse-rcpt@behind.example"});
    send(person);
    const std::string text = returned();
    const auto report = read_report(text);
    ASSERT_TRUE(report.has_value()) << text;
    EXPECT_EQ(report->status, (Status{5, 1, 1})) << text;
    EXPECT_EQ(take(*report), ReportAnswer::counts);
    EXPECT_TRUE(standing(person).undeliverable_since) << "nobody is there";
    // The same report again, and one with another's tag, change nothing more.
    EXPECT_EQ(take(*report), ReportAnswer::reported_before);
    m_exim->close_input();
    EXPECT_EQ(m_exim->wait(), 0);
}

/// Without a relay in between: the refusal is an answer to us.
TEST_F(RealBounce, ARefusalAtOnceCountsTheSame)
{
    ::sallyport::test::Child server({(::sallyport::test::support_folder() / "smtp_server").string()});
    m_port = static_cast<std::uint16_t>(std::stoi(server.read_line().substr(5)));
    adapters::SmtpOptions options;
    options.host = "127.0.0.1";
    options.port = m_port;
    options.tls = adapters::SmtpTls::none;
    adapters::SmtpMailer mailer(std::move(options));
    const Deliverer deliverer(m_w.world.database, m_w.keys.keys, m_w.clock, mailer, messages::test::render,
                              sender());
    struct Row {
        const char* name;
        std::int64_t failures;
        bool undeliverable;
    };
    std::uint64_t refused = 0;
    for (const Row& row : {Row{"refuse-rcpt", 1, true}, Row{"refuse-data", 1, false}}) {
        const auto person = m_w.person({.email = std::string(row.name) + "@mail.example"});
        const store::OutboxMail mail{m_w.random.id<OutboxId>(m_w.clock.now()),
                                     person.id,
                                     "E10",
                                     person.email.address(),
                                     "en",
                                     {{"code", "1"}}};
        m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, m_w.clock.now());
        });
        ++refused;
        while (deliverer.counts().failed < refused) std::this_thread::yield();
        EXPECT_EQ(standing(person).failures, row.failures) << row.name;
        EXPECT_EQ(standing(person).undeliverable_since.has_value(), row.undeliverable) << row.name;
        const auto report =
            sync_wait(m_w.world.database.read("SELECT report FROM outbox WHERE id = $1", mail.id.value()));
        EXPECT_EQ(report.text(0, 0), "refused");
    }
}

}  // namespace
}  // namespace sallyport::messages
