// The relay is out for an hour in every way that a relay can be, and the clock jumps: nothing is lost, and
// nothing comes twice beyond what SMTP itself leaves open.
#include "adapters/smtp.h"
#include "slices/messages/deliver_fixture.h"
#include "support/child.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sallyport::messages {
namespace {

using test::render;
using test::sender;

/// tests/support/smtp_moods, and what it kept.
class MoodyRelay {
public:
    MoodyRelay() : m_server({(sallyport::test::support_folder() / "smtp_moods").string()})
    {
        m_port = static_cast<std::uint16_t>(std::stoi(m_server.read_line().substr(5)));
    }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    void set(const std::string& mood)
    {
        m_server.write(mood + "\n");
        while (true) {
            const std::string line = m_server.read_line();
            if (line == "is " + mood) return;
            keep(line);
        }
    }
    /// How often each message was kept, until `messages` different ones were.
    const std::map<std::string, int>& until_kept(std::size_t messages)
    {
        while (m_kept.size() < messages) keep(m_server.read_line());
        return m_kept;
    }
    [[nodiscard]] const std::map<std::string, int>& kept() const { return m_kept; }

private:
    void keep(const std::string& line)
    {
        ASSERT_TRUE(line.starts_with("kept ")) << line;
        ++m_kept[line.substr(5)];
    }
    sallyport::test::Child m_server;
    std::uint16_t m_port = 0;
    std::map<std::string, int> m_kept;
};

class Outage : public test::Outbox {
protected:
    /// One that gives up early, so that a relay that hangs costs the test a second.
    std::unique_ptr<adapters::SmtpMailer> mailer() const
    {
        adapters::SmtpOptions options;
        options.host = "127.0.0.1";
        options.port = m_relay_server.port();
        options.tls = adapters::SmtpTls::none;
        options.connect_seconds_max = std::chrono::seconds{1};
        options.message_seconds_max = std::chrono::seconds{1};
        options.in_flight_max = outbox_in_flight_max;
        return std::make_unique<adapters::SmtpMailer>(std::move(options));
    }
    std::unique_ptr<Deliverer> start_with(ports::Mailer& mailer)
    {
        return std::make_unique<Deliverer>(m_fresh.database(), m_row_keys.keys, m_clock, mailer, render,
                                           sender());
    }
    std::int64_t waiting()
    {
        return sync_wait(m_fresh.database().read("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"))
            .integer(0, 0);
    }
    std::set<std::string> put_rows(std::size_t count)
    {
        std::vector<OutboxId> ids;
        for (std::size_t i = 0; i < count; ++i) ids.push_back(put("E19"));
        std::set<std::string> expected;
        for (const OutboxId& id : ids)
            expected.insert(test::message_id_of(m_fresh.database(), m_row_keys.keys, id));
        return expected;
    }
    static std::set<std::string> names(const std::map<std::string, int>& kept)
    {
        std::set<std::string> all;
        for (const auto& [name, times] : kept) all.insert(name);
        return all;
    }

    MoodyRelay m_relay_server;
};
INSTANTIATE_TEST_SUITE_P(Engines, Outage, testing::ValuesIn(db::test::engines()),
                         [](const auto& info) { return db::test::engine_name(info); });

TEST_P(Outage, OfAnHourLosesAndDoublesNothing)
{
    constexpr std::size_t rows = 12;
    const auto expected = put_rows(rows);
    const auto smtp = mailer();
    // Under each mood every row is tried once more; the waits between are longer than an hour in all.
    const Instant begin = m_clock.now();
    std::uint64_t tries = 0;
    m_relay_server.set("down");
    const auto deliverer = start_with(*smtp);
    for (const char* mood : {"down", "421", "4xx", "garbage", "cut", "hang", "down", "4xx"}) {
        if (tries > 0) {
            m_relay_server.set(mood);
            m_clock.advance(delay_after(static_cast<std::int64_t>(tries)));
            deliverer->wake();
        }
        until(deliverer->counts().delayed, rows * ++tries);
        EXPECT_EQ(m_relay_server.kept().size(), 0U) << mood;
    }
    EXPECT_GT(m_clock.now(), begin + std::chrono::hours{1});
    EXPECT_EQ(waiting(), static_cast<std::int64_t>(rows)) << "nothing was given up";
    m_relay_server.set("good");
    m_clock.advance(longest_delay);
    deliverer->wake();
    until(deliverer->counts().delivered, rows);
    const auto& kept = m_relay_server.until_kept(rows);
    EXPECT_EQ(names(kept), expected);
    for (const auto& [name, times] : kept) EXPECT_EQ(times, 1) << name;
    EXPECT_EQ(deliverer->counts().failed, 0U);
}

TEST_P(Outage, WhatSmtpLeavesOpenIsDoubledOnceAndWithOneName)
{
    constexpr std::size_t rows = 6;
    const auto expected = put_rows(rows);
    m_relay_server.set("mute");
    const auto smtp = mailer();
    const auto deliverer = start_with(*smtp);
    m_relay_server.until_kept(rows);
    while (deliverer->counts().delayed < rows) std::this_thread::yield();
    m_relay_server.set("good");
    m_clock.advance(longest_delay);
    deliverer->wake();
    until(deliverer->counts().delivered, rows);
    m_relay_server.set("good");  // reads what it has said until now
    EXPECT_EQ(names(m_relay_server.kept()), expected);
    for (const auto& [name, times] : m_relay_server.kept()) EXPECT_EQ(times, 2) << name;
}

TEST_P(Outage, ARefusalIsTheEndOfTheRowAndOfNoOther)
{
    m_relay_server.set("5xx");
    put_rows(3);
    const auto smtp = mailer();
    const auto deliverer = start_with(*smtp);
    until(deliverer->counts().failed, 3);
    m_relay_server.set("good");
    const auto later = put_rows(2);
    deliverer->wake();
    until(deliverer->counts().delivered, 2);
    EXPECT_EQ(names(m_relay_server.until_kept(2)), later);
}

/// RFC 5321 section 4.2.2: the relay and we misunderstand each other, and no address is to blame.
TEST_P(Outage, ARelayThatMistakesTheSessionEndsNoRow)
{
    m_relay_server.set("503");
    const auto expected = put_rows(3);
    const auto smtp = mailer();
    const auto deliverer = start_with(*smtp);
    until(deliverer->counts().delayed, 3);
    EXPECT_EQ(deliverer->counts().failed, 0);
    m_relay_server.set("good");
    m_clock.advance(longest_delay);
    deliverer->wake();
    until(deliverer->counts().delivered, 3);
    EXPECT_EQ(names(m_relay_server.until_kept(3)), expected);
}

/// Forward by days and back by more, while rows wait for their next try and new ones are put.
TEST_P(Outage, AClockThatJumpsLosesAndDoublesNothing)
{
    m_relay_server.set("4xx");
    auto expected = put_rows(4);
    const auto smtp = mailer();
    {
        const auto deliverer = start_with(*smtp);
        until(deliverer->counts().delayed, 4);
    }
    m_clock.advance(std::chrono::days{3});
    expected.merge(put_rows(4));  // made in what will be the future
    m_clock.advance(-std::chrono::days{3} - std::chrono::hours{1});
    expected.merge(put_rows(4));
    m_relay_server.set("good");
    const auto deliverer = start_with(*smtp);
    until(deliverer->counts().delivered, 12);
    EXPECT_EQ(names(m_relay_server.until_kept(12)), expected);
    m_relay_server.set("good");  // reads what it has said until now
    for (const auto& [name, times] : m_relay_server.kept()) EXPECT_EQ(times, 1) << name;
    EXPECT_EQ(deliverer->counts().failed, 0U);
}

TEST_P(Outage, AWorkerSeesThatItsClockWasSetBack)
{
    m_relay.answer(test::MailOutcome::try_again);
    put("E19");
    const auto deliverer = start();
    until(deliverer->counts().delayed, 1);
    m_relay.answer(test::MailOutcome::accepted);
    m_clock.advance(-std::chrono::hours{5});
    until(deliverer->counts().delivered, 1);
    EXPECT_EQ(m_relay.seen(), 2U);
}

/// A notice that could not leave for days is late, and not lost; a code is of no use.
TEST_P(Outage, OfDaysLosesNoNotice)
{
    m_relay_server.set("down");
    const auto expected = put_rows(3);
    put("E1", store::MailPriority::code);
    m_clock.advance(std::chrono::days{3});
    m_relay_server.set("good");
    const auto smtp = mailer();
    const auto deliverer = start_with(*smtp);
    until(deliverer->counts().delivered, 3);
    until(deliverer->counts().failed, 1);
    EXPECT_EQ(names(m_relay_server.until_kept(3)), expected);
}

}  // namespace
}  // namespace sallyport::messages
