#include "adapters/relays.h"

#include "../../tests/support/child.h"
#include "adapters/smtp.h"

#include <gtest/gtest.h>

namespace sallyport::adapters {
namespace {

using ports::MailOutcome;
using ports::MailResult;
using ports::OutgoingMail;

OutgoingMail mail_to(std::string to)
{
    OutgoingMail mail;
    mail.envelope_from = "security@exchange.example";
    mail.envelope_to = std::move(to);
    mail.message_id = "<1@exchange.example>";
    mail.raw = "Subject: Hello\r\n\r\nyes\r\n";
    return mail;
}

/// Beyond the port: answers as the test says, and counts.
struct Script {
    MailOutcome answer = MailOutcome::accepted;
    bool room = true;
    int asked = 0;
    std::string last;
};

class Scripted final : public ports::Mailer {
public:
    explicit Scripted(Script& script) : m_script(script) {}
    Task<MailResult> send(OutgoingMail mail) override
    {
        ++m_script.asked;
        m_script.last = mail.raw;
        co_return MailResult{m_script.answer, "said so"};
    }
    [[nodiscard]] bool has_room() const override { return m_script.room; }

private:
    Script& m_script;
};

class TwoRelays : public testing::Test {
protected:
    /// How often each was asked for one message, and what came of it.
    struct Seen {
        int first, second;
        MailOutcome outcome;
        friend bool operator==(const Seen&, const Seen&) = default;
    };
    Seen send()
    {
        m_first.asked = m_second.asked = 0;
        const MailResult result = sync_wait(m_relays.send(mail_to("ok@mail.example")));
        return {m_first.asked, m_second.asked, result.outcome};
    }
    static std::vector<Relays::Relay> both(Script& first, Script& second)
    {
        std::vector<Relays::Relay> relays;
        relays.push_back({"first", std::make_unique<Scripted>(first)});
        relays.push_back({"second", std::make_unique<Scripted>(second)});
        return relays;
    }

    Script m_first, m_second;
    Relays::Moment m_now{};
    Relays m_relays{both(m_first, m_second), [this] { return m_now; }};
};

constexpr auto accepted = MailOutcome::accepted;
constexpr auto refused = MailOutcome::refused;
constexpr auto later = MailOutcome::try_again;
constexpr auto unreachable = MailOutcome::unreachable;
constexpr auto unclear = MailOutcome::unclear;

TEST_F(TwoRelays, WhoIsAskedAfterEachAnswer)
{
    struct Row {
        MailOutcome first, second;
        Seen seen;
    };
    for (const Row& row :
         {Row{accepted, accepted, {1, 0, accepted}}, Row{refused, accepted, {1, 0, refused}},
          Row{later, accepted, {1, 1, accepted}}, Row{later, refused, {1, 1, refused}},
          Row{unreachable, accepted, {1, 1, accepted}}, Row{unreachable, later, {1, 1, later}},
          Row{unreachable, unreachable, {1, 1, unreachable}}, Row{unclear, accepted, {1, 0, unclear}}}) {
        m_now += std::chrono::hours(1);  // nobody rests any more
        m_first.answer = row.first;
        m_second.answer = row.second;
        EXPECT_EQ(send(), row.seen) << static_cast<int>(row.first) << ' ' << static_cast<int>(row.second);
    }
}

TEST_F(TwoRelays, OneThatFailsRestsLongerEachTime)
{
    m_first.answer = unreachable;
    for (const auto rest : {first_rest, first_rest * 2, first_rest * 4, first_rest * 8, first_rest * 16,
                            longest_rest, longest_rest}) {
        EXPECT_EQ(send(), (Seen{1, 1, accepted}));
        m_now += std::min(rest, longest_rest) - Relays::Moment::duration(1);
        EXPECT_EQ(send(), (Seen{0, 1, accepted})) << rest.count();
        m_now += Relays::Moment::duration(1);
    }
    m_first.answer = accepted;
    EXPECT_EQ(send(), (Seen{1, 0, accepted}));
    m_first.answer = unreachable;
    EXPECT_EQ(send(), (Seen{1, 1, accepted}));
    m_now += first_rest;
    EXPECT_EQ(send(), (Seen{1, 1, accepted})) << "a success made its rests short again";
}

TEST_F(TwoRelays, WhereBothRestAMessageIsTheProbe)
{
    m_first.answer = m_second.answer = unreachable;
    EXPECT_EQ(send(), (Seen{1, 1, unreachable}));
    EXPECT_EQ(send(), (Seen{1, 1, unreachable}));
    m_second.answer = accepted;
    EXPECT_EQ(send(), (Seen{1, 1, accepted}));
    EXPECT_EQ(send(), (Seen{0, 1, accepted})) << "the second is back, the first still rests";
}

TEST_F(TwoRelays, SeveralFailuresOfOneMomentAreOne)
{
    m_first.answer = m_second.answer = unreachable;
    for (int i = 0; i < 4; ++i) send();
    m_second.answer = accepted;
    m_now += first_rest;
    EXPECT_EQ(send(), (Seen{1, 1, accepted})) << "four failures within its rest made it no longer";
}

TEST_F(TwoRelays, WhatIsOverALimitGoesToTheOther)
{
    EXPECT_TRUE(m_relays.has_room());
    m_first.room = false;
    EXPECT_EQ(send(), (Seen{0, 1, accepted}));
    EXPECT_TRUE(m_relays.has_room());
    m_second.room = false;
    EXPECT_FALSE(m_relays.has_room());
    EXPECT_EQ(send(), (Seen{1, 0, accepted})) << "both are over theirs: it waits with the first";
}

TEST_F(TwoRelays, EachGetsTheWholeMessage)
{
    m_first.answer = later;
    send();
    EXPECT_EQ(m_first.last, "Subject: Hello\r\n\r\nyes\r\n");
    EXPECT_EQ(m_second.last, m_first.last);
}

/// Real servers, as the relays of the two above.
struct Server {
    explicit Server(std::vector<std::string> more = {})
    {
        std::vector<std::string> command{(test::support_folder() / "smtp_server").string()};
        command.insert(command.end(), more.begin(), more.end());
        child = std::make_unique<test::Child>(std::move(command));
        port = static_cast<std::uint16_t>(std::stoi(child->read_line().substr(5)));
    }
    [[nodiscard]] Relays::Relay relay(std::int64_t a_minute_max = 0) const
    {
        SmtpOptions options;
        options.host = "127.0.0.1";
        options.port = port;
        options.tls = SmtpTls::none;
        options.connect_seconds_max = std::chrono::seconds(2);
        options.message_seconds_max = std::chrono::seconds(20);
        options.a_minute_max = a_minute_max;
        return {"server", std::make_unique<SmtpMailer>(std::move(options))};
    }
    std::string rest()
    {
        child->close_input();
        return child->read_all();
    }
    std::unique_ptr<test::Child> child;
    std::uint16_t port = 0;
};

MailResult send_to(Relays::Relay first, Relays::Relay second, std::string to)
{
    std::vector<Relays::Relay> relays;
    relays.push_back(std::move(first));
    relays.push_back(std::move(second));
    Relays both(std::move(relays));
    return sync_wait(both.send(mail_to(std::move(to))));
}

TEST(RealRelays, TheNextTakesWhatOneCannot)
{
    Server gone;
    gone.child->stop();
    Server busy({"--greeting-code", "421"});
    Server suspended({"--greeting-code", "554"});
    Server second;
    for (const Server* first : {&gone, &busy, &suspended}) {
        const MailResult result = send_to(first->relay(), second.relay(), "ok@mail.example");
        EXPECT_EQ(result.outcome, accepted) << result.detail;
        EXPECT_NE(second.child->read_line().find("ok@mail.example"), std::string::npos);
    }
}

TEST(RealRelays, WhatOneMayHaveTheOtherIsNotGiven)
{
    Server first;
    Server second;
    EXPECT_EQ(send_to(first.relay(), second.relay(), "drop-data@mail.example").outcome, unclear);
    EXPECT_EQ(second.rest(), "");
}

TEST(RealRelays, ALimitSendsTheNextMessageElsewhere)
{
    Server first;
    Server second;
    std::vector<Relays::Relay> relays;
    relays.push_back(first.relay(1));
    relays.push_back(second.relay(1));
    auto both = std::make_unique<Relays>(std::move(relays));
    EXPECT_EQ(sync_wait(both->send(mail_to("one@mail.example"))).outcome, accepted);
    EXPECT_EQ(sync_wait(both->send(mail_to("two@mail.example"))).outcome, accepted);
    EXPECT_FALSE(both->has_room());
    EXPECT_NE(first.child->read_line().find("one@mail.example"), std::string::npos);
    EXPECT_NE(second.child->read_line().find("two@mail.example"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::adapters
