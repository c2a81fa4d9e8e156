#include "adapters/smtp.h"

#include "../../tests/support/child.h"
#include "base/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace sallyport::adapters {
namespace {

using ports::MailOutcome;
using ports::MailResult;
using ports::OutgoingMail;

constexpr char raw_message[] =
    "From: <security@exchange.example>\r\nTo: <ada@mailbox.example>\r\nSubject: Hello\r\n"
    "Message-ID: <1@exchange.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=\"=_x\"\r\n\r\n"
    "--=_x\r\nContent-Type: text/plain\r\n\r\n.dot first\r\n.\r\nplain part\r\n"
    "--=_x\r\nContent-Type: text/html\r\n\r\n<p>html part</p>\r\n--=_x--\r\n";

OutgoingMail mail_to(std::string to, std::string from = "security@exchange.example")
{
    OutgoingMail mail;
    mail.envelope_from = std::move(from);
    mail.envelope_to = std::move(to);
    mail.message_id = "<1@exchange.example>";
    mail.raw = raw_message;
    return mail;
}

class Smtp : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        s_folder = new test::TemporaryFolder;
        test::Child maker(
            {(test::support_folder() / "smtp_certificates").string(), s_folder->path().string()});
        ASSERT_EQ(maker.wait(), 0);
    }
    static void TearDownTestSuite()
    {
        delete s_folder;
        s_folder = nullptr;
    }
    static std::string file(const std::string& name) { return (s_folder->path() / name).string(); }

    void serve(std::vector<std::string> more = {})
    {
        std::vector<std::string> command{(test::support_folder() / "smtp_server").string()};
        command.insert(command.end(), more.begin(), more.end());
        m_server = std::make_unique<test::Child>(std::move(command));
        m_port = static_cast<std::uint16_t>(std::stoi(m_server->read_line().substr(5)));
    }
    void serve_tls(const std::string& kind, const std::string& certificate,
                   std::vector<std::string> more = {})
    {
        more.insert(more.end(), {"--tls", kind, "--certificate", file(certificate + ".pem"), "--key",
                                 file(certificate + ".key")});
        serve(std::move(more));
    }
    [[nodiscard]] SmtpOptions options(SmtpTls tls) const
    {
        SmtpOptions out;
        out.host = "localhost";
        out.port = m_port;
        out.tls = tls;
        out.ca_file = file("ca.pem");
        out.helo_host = "exchange.example";
        out.connect_seconds_max = std::chrono::seconds(2);
        out.message_seconds_max = std::chrono::seconds(20);
        return out;
    }
    static MailResult send(SmtpOptions given, OutgoingMail mail)
    {
        SmtpMailer mailer(std::move(given));
        return sync_wait(mailer.send(std::move(mail)));
    }

    inline static test::TemporaryFolder* s_folder = nullptr;
    std::unique_ptr<test::Child> m_server;
    std::uint16_t m_port = 0;
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(Smtp, DeliversWhatItWasGiven)
{
    serve();
    EXPECT_EQ(send(options(SmtpTls::none), mail_to("ok@mail.example")).outcome, MailOutcome::accepted);
    const std::string seen = m_server->read_line();
    EXPECT_TRUE(contains(seen, R"("from": "security@exchange.example", "to": ["ok@mail.example"])")) << seen;
    EXPECT_TRUE(contains(seen, R"("helo": "exchange.example", "tls": false, "user": null)")) << seen;
    EXPECT_TRUE(contains(seen, R"(\r\n\r\n.dot first\r\n.\r\nplain part\r\n)")) << seen;
}

struct Answer {
    const char* to;
    const char* from;
    MailOutcome outcome;
};

TEST_F(Smtp, TellsApartWhatToTryAgain)
{
    serve();
    const char ours[] = "security@exchange.example";
    for (const Answer& answer :
         {Answer{"ok@mail.example", ours, MailOutcome::accepted},
          Answer{"ok@mail.example", "refuse-from@exchange.example", MailOutcome::refused},
          Answer{"refuse-rcpt@mail.example", ours, MailOutcome::refused},
          Answer{"refuse-data@mail.example", ours, MailOutcome::refused},
          Answer{"later-rcpt@mail.example", ours, MailOutcome::try_again},
          Answer{"later-data@mail.example", ours, MailOutcome::try_again},
          Answer{"drop-data@mail.example", ours, MailOutcome::unclear}}) {
        const MailResult result = send(options(SmtpTls::none), mail_to(answer.to, answer.from));
        EXPECT_EQ(result.outcome, answer.outcome) << answer.to << ' ' << answer.from << ": " << result.detail;
        EXPECT_FALSE(result.detail.empty());
        EXPECT_FALSE(contains(result.detail, "@")) << result.detail;
    }
}

TEST_F(Smtp, AReplyAboutTheSessionIsNotTheMessagesFault)
{
    serve();
    for (const std::string code : {"500", "501", "502", "503", "504", "505", "550", "553", "555"})
        for (const std::string when : {"code-", "after-"})
            EXPECT_EQ(send(options(SmtpTls::none), mail_to(when + code + "@mail.example")).outcome,
                      code == "501" || code > "504" ? MailOutcome::refused : MailOutcome::try_again);
}

TEST_F(Smtp, SaysTheRelaysWordsWithoutTheAddress)
{
    serve();
    EXPECT_EQ(send(options(SmtpTls::none), mail_to("refuse-rcpt@mail.example")).detail,
              "550 5.1.1 (address) is unknown here");
}

TEST_F(Smtp, ARelayThatTakesNothingIsNotTheMessagesFault)
{
    for (const char* code : {"421", "554"}) {
        serve({"--greeting-code", code});
        EXPECT_EQ(send(options(SmtpTls::none), mail_to("ok@mail.example")).outcome, MailOutcome::unreachable);
    }
    serve();
    m_server->stop();
    EXPECT_EQ(send(options(SmtpTls::none), mail_to("ok@mail.example")).outcome, MailOutcome::unreachable);
}

TEST_F(Smtp, ASlowRelayIsTriedAgainInTime)
{
    serve();
    SmtpOptions hasty = options(SmtpTls::none);
    hasty.message_seconds_max = std::chrono::seconds(2);
    SmtpMailer mailer(std::move(hasty));
    EXPECT_EQ(sync_wait(mailer.send(mail_to("slow-data@mail.example"))).outcome, MailOutcome::unclear);
    EXPECT_EQ(m_server->read_line(), "slow");
    // The late answer of that connection is not taken for the next message's.
    EXPECT_EQ(sync_wait(mailer.send(mail_to("refuse-rcpt@mail.example"))).outcome, MailOutcome::refused);
    EXPECT_EQ(sync_wait(mailer.send(mail_to("ok@mail.example"))).outcome, MailOutcome::accepted);
    EXPECT_TRUE(contains(m_server->read_line(), R"("connection": 3)"));
}

TEST_F(Smtp, StartTlsWithLogIn)
{
    serve_tls("starttls", "good", {"--user", "exchange", "--password", "correct horse"});
    SmtpOptions right = options(SmtpTls::starttls_required);
    right.user = "exchange";
    right.password = Secret::from_text("correct horse");
    const MailResult result = send(std::move(right), mail_to("ok@mail.example"));
    EXPECT_EQ(result.outcome, MailOutcome::accepted) << result.detail;
    EXPECT_TRUE(contains(m_server->read_line(), R"("tls": true, "user": "exchange")"));

    SmtpOptions wrong = options(SmtpTls::starttls_required);
    wrong.user = "exchange";
    wrong.password = Secret::from_text("wrong battery");
    const MailResult denied = send(std::move(wrong), mail_to("ok@mail.example"));
    EXPECT_EQ(denied.outcome, MailOutcome::unreachable) << denied.detail;
    EXPECT_FALSE(contains(denied.detail, "battery"));

    const MailResult nobody = send(options(SmtpTls::starttls_required), mail_to("ok@mail.example"));
    EXPECT_EQ(nobody.outcome, MailOutcome::unreachable) << nobody.detail;  // 530: our log-in is missing
}

TEST_F(Smtp, TlsFromTheFirstByte)
{
    serve_tls("implicit", "good");
    const MailResult result = send(options(SmtpTls::implicit), mail_to("ok@mail.example"));
    EXPECT_EQ(result.outcome, MailOutcome::accepted) << result.detail;
    EXPECT_TRUE(contains(m_server->read_line(), R"("tls": true)"));
}

TEST_F(Smtp, NothingIsSentPastAWrongCertificate)
{
    for (const char* certificate : {"stranger", "other-name"}) {
        serve_tls("starttls", certificate);
        EXPECT_EQ(send(options(SmtpTls::starttls_required), mail_to("ok@mail.example")).outcome,
                  MailOutcome::unreachable);
        EXPECT_EQ(send(options(SmtpTls::starttls_offered), mail_to("ok@mail.example")).outcome,
                  MailOutcome::unreachable);
        m_server->close_input();
        EXPECT_EQ(m_server->read_all(), "") << certificate;
        serve_tls("implicit", certificate);
        EXPECT_EQ(send(options(SmtpTls::implicit), mail_to("ok@mail.example")).outcome,
                  MailOutcome::unreachable);
        m_server->close_input();
        EXPECT_EQ(m_server->read_all(), "") << certificate;
    }
}

TEST_F(Smtp, RequiredTlsIsNeverDoneWithout)
{
    serve();
    EXPECT_EQ(send(options(SmtpTls::starttls_required), mail_to("ok@mail.example")).outcome,
              MailOutcome::unreachable);
    EXPECT_EQ(send(options(SmtpTls::starttls_offered), mail_to("ok@mail.example")).outcome,
              MailOutcome::accepted);
    m_server->close_input();
    const std::string all = m_server->read_all();
    EXPECT_EQ(std::ranges::count(all, '\n'), 1) << all;
}

TEST_F(Smtp, UsesAConnectionAgain)
{
    serve();
    // One sender: with several, the next message may find the last one's thread not yet waiting again.
    SmtpOptions one_at_a_time = options(SmtpTls::none);
    one_at_a_time.in_flight_max = 1;
    SmtpMailer mailer(std::move(one_at_a_time));
    std::set<std::string> connections;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(sync_wait(mailer.send(mail_to("ok@mail.example"))).outcome, MailOutcome::accepted);
        const std::string seen = m_server->read_line();
        connections.insert(seen.substr(0, seen.find(',')));
    }
    EXPECT_EQ(connections.size(), 1U);
}

TEST_F(Smtp, ManySendersShareABoundedNumberOfConnections)
{
    serve();
    SmtpOptions few = options(SmtpTls::none);
    few.in_flight_max = 3;
    SmtpMailer mailer(std::move(few));
    constexpr int senders = 8;
    constexpr int each = 20;
    std::vector<std::thread> threads;
    std::atomic<int> accepted = 0;
    for (int i = 0; i < senders; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < each; ++n)
                if (sync_wait(mailer.send(mail_to("ok@mail.example"))).outcome == MailOutcome::accepted)
                    ++accepted;
        });
    std::set<std::string> connections;
    for (int i = 0; i < senders * each; ++i) {
        const std::string seen = m_server->read_line();
        connections.insert(seen.substr(0, seen.find(',')));
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(accepted, senders * each);
    EXPECT_LE(connections.size(), 3U);
}

TEST_F(Smtp, OneSlowAnswerHoldsUpNobody)
{
    serve();
    SmtpMailer mailer(options(SmtpTls::none));
    std::thread slow([&] { (void)sync_wait(mailer.send(mail_to("slow-data@mail.example"))); });
    EXPECT_EQ(m_server->read_line(), "slow");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(sync_wait(mailer.send(mail_to("ok@mail.example"))).outcome, MailOutcome::accepted);
    m_server->stop();
    slow.join();
}

TEST_F(Smtp, StoppingEndsWhatIsInFlight)
{
    serve();
    auto mailer = std::make_unique<SmtpMailer>(options(SmtpTls::none));
    MailResult result{MailOutcome::accepted, ""};
    std::thread sender([&] { result = sync_wait(mailer->send(mail_to("slow-data@mail.example"))); });
    EXPECT_EQ(m_server->read_line(), "slow");  // the message is there, and its answer takes half a minute
    mailer.reset();
    sender.join();
    EXPECT_EQ(result.outcome, MailOutcome::unclear);
}

TEST_F(Smtp, EnvelopesHoldNothingThatEndsThem)
{
    serve();
    SmtpMailer mailer(options(SmtpTls::none));
    for (const char* bad :
         {"a@b.example>\r\nRCPT TO:<x@y.example", "a b@c.example", "<a@b.example>", "nobody", ""})
        EXPECT_THROW((void)sync_wait(mailer.send(mail_to(bad))), ProgrammingError) << bad;
}

TEST_F(Smtp, ARealMailServerDeliversIt)
{
    const test::TemporaryFolder folder;
    for (const char* name : {"good.pem", "good.key"})
        std::filesystem::copy_file(file(name), folder.path() / name);
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    std::vector<std::string> command{(test::support_folder() / "smtp_exim").string(), folder.path().string()};
    if (::geteuid() != 0) {  // exim gives its spool to its own user
        if (test::Child({"sudo", "-n", "true"}).wait() != 0)
            GTEST_SKIP() << "exim4 takes mail only where root starts it";
        command.insert(command.begin(), {"sudo", "-n"});
    }
    m_server = std::make_unique<test::Child>(std::move(command));
    m_port = static_cast<std::uint16_t>(std::stoi(m_server->read_line().substr(5)));
    SmtpMailer mailer(options(SmtpTls::starttls_required));
    const MailResult result = sync_wait(mailer.send(mail_to("ada@mailbox.example")));
    EXPECT_EQ(result.outcome, MailOutcome::accepted) << result.detail;
    const MailResult refused = sync_wait(mailer.send(mail_to("ada@elsewhere.example")));
    EXPECT_EQ(refused.outcome, MailOutcome::refused) << refused.detail;

    const std::filesystem::path mailbox = folder.path() / "mail" / "new";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while ((!std::filesystem::exists(mailbox) || std::filesystem::is_empty(mailbox)) &&
           std::chrono::steady_clock::now() < deadline)
        // NOLINTNEXTLINE(sleep): the mail server tells nobody when it has delivered: look again
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(std::filesystem::exists(mailbox));
    std::stringstream delivered;
    delivered << std::ifstream(std::filesystem::directory_iterator(mailbox)->path()).rdbuf();
    const std::string text = delivered.str();
    EXPECT_TRUE(contains(text, "Subject: Hello\n")) << text;
    EXPECT_TRUE(contains(text, "Return-path: <security@exchange.example>")) << text;
    EXPECT_TRUE(contains(text, "\n.dot first\n.\nplain part\n")) << text;
    EXPECT_TRUE(contains(text, "<p>html part</p>")) << text;
    m_server->close_input();
    EXPECT_EQ(m_server->wait(), 0);  // it removes what is exim's
}

struct Relay {
    const char* url;
    bool good;
    const char* host;
    std::uint16_t port;
    SmtpTls tls;
};

TEST(SmtpOptionsCheck, ReadsTheRelaysAddress)
{
    const SmtpTls as_before = SmtpTls::starttls_required;
    for (const Relay& relay :
         {Relay{"smtp://relay.example", true, "relay.example", 587, as_before},
          Relay{"smtp://127.0.0.1:25", true, "127.0.0.1", 25, as_before},
          Relay{"smtps://relay.example", true, "relay.example", 465, SmtpTls::implicit},
          Relay{"smtps://relay.example:4650", true, "relay.example", 4650, SmtpTls::implicit},
          Relay{"relay.example", false, "", 0, as_before}, Relay{"smtp://", false, "", 0, as_before},
          Relay{"smtp://relay.example:0", false, "", 0, as_before},
          Relay{"smtp://relay.example:99999", false, "", 0, as_before},
          Relay{"smtp://relay.example:25/x", false, "", 0, as_before},
          Relay{"smtp://user@relay.example", false, "", 0, as_before}}) {
        SmtpOptions read;
        ASSERT_EQ(SmtpMailer::set_relay(read, relay.url), relay.good) << relay.url;
        if (!relay.good) continue;
        EXPECT_EQ(read.host, relay.host);
        EXPECT_EQ(read.port, relay.port);
        EXPECT_EQ(read.tls, relay.tls);
    }
}

TEST(SmtpOptionsCheck, NamesWhatIsWrong)
{
    SmtpOptions good;
    good.host = "relay.example";
    EXPECT_EQ(SmtpMailer::problem_with(good), std::nullopt);
    const auto with = [](auto change) {
        SmtpOptions changed;
        changed.host = "relay.example";
        change(changed);
        return SmtpMailer::problem_with(changed).has_value();
    };
    EXPECT_TRUE(with([](SmtpOptions& o) { o.host = "relay.example/x"; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.host = ""; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.helo_host = "a b"; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.port = 0; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.user = "exchange"; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.password = Secret::from_text("x"); }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.in_flight_max = 0; }));
    EXPECT_TRUE(with([](SmtpOptions& o) { o.message_seconds_max = std::chrono::seconds(1); }));
    for (const SmtpTls open : {SmtpTls::none, SmtpTls::starttls_offered})
        EXPECT_TRUE(with([open](SmtpOptions& o) {
            o.user = "exchange";
            o.password = Secret::from_text("x");
            o.tls = open;
        }));
}

}  // namespace
}  // namespace sallyport::adapters
