#include "slices/messages/deliver.h"

#include "../../../tests/support/child.h"
#include "base/check.h"
#include "support/engines.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace sallyport::messages {
namespace {

using ports::MailOutcome;
using ports::MailResult;

class DeviceRandom {
public:
    void fill(std::span<std::uint8_t> out)
    {
        std::random_device device;
        for (std::uint8_t& octet : out) octet = static_cast<std::uint8_t>(device());
    }
};

class SetClock final : public ports::Clock {
public:
    explicit SetClock(Instant start) : m_now(start) {}
    [[nodiscard]] Instant now() const override { return m_now.load(); }
    void advance(Duration by) { m_now = m_now.load() + by; }

private:
    std::atomic<Instant> m_now;
};

const Instant start_of_test = from_unix_ms(1'795'331'501'000);

/// The world beyond the port: a relay that answers as the test says, and remembers.
class Relay final : public ports::Mailer {
public:
    Task<MailResult> send(ports::OutgoingMail mail) override
    {
        Completion<MailResult> answered;
        {
            const Lock lock(m_mutex);
            m_seen.push_back(std::move(mail));
            if (m_holding) {
                m_held.push_back(answered.source());
            } else {
                answered.source().value({m_answer, "250 said the relay"});
            }
            m_changed.notify_all();
        }
        co_return co_await answered;
    }
    void answer(MailOutcome outcome)
    {
        const Lock lock(m_mutex);
        m_answer = outcome;
    }
    void hold()
    {
        const Lock lock(m_mutex);
        m_holding = true;
    }
    void release()
    {
        std::vector<Completion<MailResult>::Source> held;
        {
            const Lock lock(m_mutex);
            m_holding = false;
            held.swap(m_held);
        }
        for (const auto& source : held) source.value({MailOutcome::accepted, "250 said the relay"});
    }
    std::vector<ports::OutgoingMail> wait_for(std::size_t count)
    {
        const Lock lock(m_mutex);
        while (m_seen.size() < count) m_changed.wait(m_mutex);
        return m_seen;
    }
    std::size_t seen()
    {
        const Lock lock(m_mutex);
        return m_seen.size();
    }

private:
    Mutex m_mutex;
    Condition m_changed;
    std::vector<ports::OutgoingMail> m_seen GUARDED_BY(m_mutex);
    std::vector<Completion<MailResult>::Source> m_held GUARDED_BY(m_mutex);
    MailOutcome m_answer GUARDED_BY(m_mutex) = MailOutcome::accepted;
    bool m_holding GUARDED_BY(m_mutex) = false;
};

RenderedMail render(const store::OutboxMail& mail, Instant)
{
    if (mail.mail == "E0") throw std::runtime_error("no such mail");
    return {mail.mail, mail.parameters.at(0).second, "<p>" + mail.parameters.at(0).second + "</p>"};
}

Sender sender() { return {"Exchange", *Email::parse("security@exchange.example"), "exchange.example"}; }

struct RowKeys {
    explicit RowKeys(const crypto::KeyRing& ring) : sealer(ring, random), rows(ring), index(ring) {}
    DeviceRandom random;
    crypto::Sealer sealer;
    crypto::RowAuthenticator rows;
    crypto::IndexKey index;
    store::Keys keys{sealer, rows, index};
};

struct State {
    std::string state;
    bool wiped;
    std::int64_t attempts;
    std::string answer;
};

class Outbox : public testing::TestWithParam<db::test::Engine> {
protected:
    OutboxId put(std::string mail, store::MailPriority priority = store::MailPriority::security)
    {
        std::array<std::uint8_t, 10> random{};
        m_row_keys.random.fill(random);
        const store::OutboxMail row{OutboxId(make_uuid_v7(m_clock.now(), random)), std::nullopt, std::move(mail),
                                    "ada@mail.example", "en", {{"code", "123456"}}};
        const Instant now = m_clock.now();
        auto work = [&](db::Tx& tx) { store::put_mail(tx, m_row_keys.keys, row, priority, now); };
        sync_wait(m_fresh.database().transact(work));
        return row.id;
    }
    State state_of(const OutboxId& id)
    {
        const auto rows = sync_wait(m_fresh.database().read(
            "SELECT state, sealed, attempts, last_answer FROM outbox WHERE id = $1", BytesView(id.value())));
        return {rows.text(0, 0), rows.is_null(0, 1), rows.integer(0, 2), rows.text(0, 3)};
    }
    std::unique_ptr<Deliverer> start(db::Database& database)
    {
        return std::make_unique<Deliverer>(database, m_row_keys.keys, m_clock, m_relay, render, sender());
    }
    std::unique_ptr<Deliverer> start() { return start(m_fresh.database()); }
    static void until(const std::atomic<std::uint64_t>& count, std::uint64_t value)
    {
        while (count < value) std::this_thread::yield();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    DeviceRandom m_random;
    crypto::KeyRing m_ring = crypto::KeyRing::generate(m_random);
    RowKeys m_row_keys{m_ring};
    SetClock m_clock{start_of_test};
    Relay m_relay;
};

TEST_P(Outbox, DeliversAndWipes)
{
    const OutboxId id = put("E10");
    EXPECT_FALSE(state_of(id).wiped);
    const auto deliverer = start();
    until(deliverer->counts().delivered, 1);
    const auto seen = m_relay.wait_for(1);
    EXPECT_EQ(seen[0].message_id, "<" + id.text() + "@exchange.example>");
    EXPECT_EQ(seen[0].envelope_to, "ada@mail.example");
    EXPECT_EQ(seen[0].text, "123456");
    const State state = state_of(id);
    EXPECT_EQ(state.state, "delivered");
    EXPECT_TRUE(state.wiped);
    EXPECT_EQ(state.attempts, 1);
}

TEST_P(Outbox, FindsRowsThatComeLater)
{
    const auto deliverer = start();
    for (std::uint64_t i = 1; i <= 3; ++i) {
        put("E10");
        until(deliverer->counts().delivered, i);  // found by looking
    }
    put("E10");
    deliverer->wake();
    until(deliverer->counts().delivered, 4);
}

TEST_P(Outbox, CodesGoFirst)
{
    for (int i = 0; i < 20; ++i) put("E10", store::MailPriority::notice);
    put("E1", store::MailPriority::code);
    const auto deliverer = start();
    EXPECT_EQ(m_relay.wait_for(1)[0].subject, "E1");
    until(deliverer->counts().delivered, 21);
}

TEST_P(Outbox, TriesAgainLaterAndLater)
{
    const OutboxId id = put("E10");
    m_relay.answer(MailOutcome::try_again);
    const auto deliverer = start();
    std::uint64_t tries = 0;
    for (const int wait_seconds : {30, 60, 120, 240}) {
        until(deliverer->counts().delayed, ++tries);
        m_clock.advance(std::chrono::seconds(wait_seconds) - std::chrono::milliseconds(1));
        deliverer->wake();
        EXPECT_EQ(m_relay.seen(), tries);
        m_clock.advance(std::chrono::milliseconds(1));
        deliverer->wake();
        m_relay.wait_for(tries + 1);
    }
    until(deliverer->counts().delayed, ++tries);
    EXPECT_EQ(state_of(id).answer, "250 said the relay");
    m_relay.answer(MailOutcome::accepted);
    m_clock.advance(longest_delay);
    until(deliverer->counts().delivered, 1);
    std::set<std::string> ids;
    for (const auto& mail : m_relay.wait_for(6)) ids.insert(mail.message_id);
    EXPECT_EQ(ids.size(), 1U);  // the same at every try
    EXPECT_EQ(state_of(id).attempts, 6);
}

TEST_P(Outbox, ARefusalIsTheEnd)
{
    m_relay.answer(MailOutcome::refused);
    const OutboxId id = put("E10");
    const auto deliverer = start();
    until(deliverer->counts().failed, 1);
    const State state = state_of(id);
    EXPECT_EQ(state.state, "failed");
    EXPECT_TRUE(state.wiped);
    EXPECT_EQ(state.answer, "250 said the relay");
}

TEST_P(Outbox, GivesUpAfterADay)
{
    m_relay.answer(MailOutcome::try_again);
    const OutboxId id = put("E10");
    const auto deliverer = start();
    until(deliverer->counts().delayed, 1);
    m_clock.advance(std::chrono::hours(24));
    until(deliverer->counts().failed, 1);
    EXPECT_EQ(state_of(id).state, "failed");
    EXPECT_EQ(m_relay.seen(), 2U);
}

TEST_P(Outbox, ACodeThatNoLongerWorksIsNotSent)
{
    const OutboxId id = put("E1", store::MailPriority::code);
    m_clock.advance(std::chrono::minutes(15) + std::chrono::milliseconds(1));
    const auto deliverer = start();
    until(deliverer->counts().failed, 1);
    EXPECT_EQ(state_of(id).state, "failed");
    EXPECT_EQ(m_relay.seen(), 0U);
}

TEST_P(Outbox, AMailThatCannotBeMadeWaitsAndHoldsUpNobody)
{
    const OutboxId broken = put("E0", store::MailPriority::code);
    put("E10");
    const auto deliverer = start();
    until(deliverer->counts().delivered, 1);
    until(deliverer->counts().delayed, 1);
    EXPECT_EQ(state_of(broken).state, "waiting");
    EXPECT_FALSE(state_of(broken).wiped);
}

TEST_P(Outbox, SeveralProcessesSendEachOnce)
{
    constexpr std::size_t rows = 60;
    for (std::size_t i = 0; i < rows; ++i) put("E10");
    const auto second = m_fresh.open_again();
    {
        const auto one = start();
        const auto two = start(*second);
        while (one->counts().delivered + two->counts().delivered < rows) std::this_thread::yield();
    }
    std::set<std::string> ids;
    for (const auto& mail : m_relay.wait_for(rows)) ids.insert(mail.message_id);
    EXPECT_EQ(ids.size(), rows);
    EXPECT_EQ(m_relay.seen(), rows);
}

TEST_P(Outbox, StoppingWaitsForWhatIsInFlight)
{
    const OutboxId id = put("E10");
    m_relay.hold();
    auto deliverer = start();
    m_relay.wait_for(1);
    std::thread releasing([&] { m_relay.release(); });
    deliverer.reset();
    releasing.join();
    EXPECT_EQ(state_of(id).state, "delivered");
}

TEST_P(Outbox, WhatADeadProcessHeldIsSentAfterItsLease)
{
    const OutboxId id = put("E10");
    const Instant now = m_clock.now();
    auto work = [&](db::Tx& tx) { return store::claim_mail(tx, m_row_keys.keys, 1, mail_lease, now).size(); };
    EXPECT_EQ(sync_wait(m_fresh.database().transact(work)), 1U);  // and then that process is gone
    const auto deliverer = start();
    put("E11");
    until(deliverer->counts().delivered, 1);
    EXPECT_EQ(m_relay.seen(), 1U);
    m_clock.advance(mail_lease);
    until(deliverer->counts().delivered, 2);
    EXPECT_EQ(state_of(id).attempts, 2);
}

TEST_P(Outbox, ADatabaseThatFailsOnceRepeatsNothing)
{
    std::size_t sent = 0;
    for (std::uint64_t call = 1; call <= 3; ++call) {
        db::test::FailingDatabase failing(m_fresh.database());
        failing.fail_call(call);
        const OutboxId id = put("E10");
        const auto deliverer = start(failing);
        until(deliverer->counts().delivered, 1);
        EXPECT_EQ(state_of(id).state, "delivered");
        EXPECT_EQ(m_relay.seen(), ++sent);
    }
    db::test::FailingDatabase failing(m_fresh.database());
    failing.fail_call(2, db::test::FailingDatabase::When::after);  // marked, and the answer lost
    put("E10");
    const auto deliverer = start(failing);
    until(deliverer->counts().delivered, 1);
    EXPECT_EQ(m_relay.seen(), ++sent);
}

INSTANTIATE_TEST_SUITE_P(Engines, Outbox, testing::ValuesIn(db::test::engines()),
                         [](const auto& info) { return db::test::engine_name(info); });

TEST(OutboxDelays, DoubleUpToAnHour)
{
    EXPECT_EQ(delay_after(1), std::chrono::seconds(30));
    EXPECT_EQ(delay_after(2), std::chrono::seconds(60));
    EXPECT_EQ(delay_after(7), std::chrono::seconds(1920));
    EXPECT_EQ(delay_after(8), std::chrono::hours(1));
    EXPECT_EQ(delay_after(1'000'000), std::chrono::hours(1));
}

// What a killed process leaves behind: the test below starts this program again and again with one database, and kills
// it at any moment. The relay is a file; a line in it is an accepted message.
class FileRelay final : public ports::Mailer {
public:
    explicit FileRelay(const char* path) : m_file(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {}
    Task<MailResult> send(ports::OutgoingMail mail) override
    {
        const std::string line = mail.message_id + "\n";
        CHECK(::write(m_file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
        co_return MailResult{MailOutcome::accepted, ""};
    }

private:
    int m_file;
};

TEST(OutboxKilled, DISABLED_TheProcessThatIsKilled)
{
    const char* const location = std::getenv("SALLYPORT_KILLED_DATABASE");
    ASSERT_NE(location, nullptr) << "started by OutboxKilled.LosesNothing";
    const auto ring = crypto::KeyRing::load(std::getenv("SALLYPORT_KILLED_KEYS"));
    ASSERT_TRUE(ring.has_value());
    const RowKeys row_keys(*ring);
    const SetClock clock(from_unix_ms(std::stoll(std::getenv("SALLYPORT_KILLED_NOW"))));
    const auto database = db::open(*db::parse_location(location));
    FileRelay relay(std::getenv("SALLYPORT_KILLED_RELAY"));
    const Deliverer deliverer(*database, row_keys.keys, clock, relay, render, sender());
    char ended = 0;
    (void)!::read(STDIN_FILENO, &ended, 1);
}

TEST(OutboxKilled, LosesNothing)
{
    const test::TemporaryFolder folder;
    const std::string keys = (folder.path() / "keys").string();
    const std::string relay = (folder.path() / "relay").string();
    const std::string location = "sqlite:" + (folder.path() / "data.sqlite").string();
    DeviceRandom random;
    const auto ring = crypto::KeyRing::create(keys, random);
    ASSERT_TRUE(ring.has_value());
    const RowKeys row_keys(*ring);
    const auto database = db::open(*db::parse_location(location));
    constexpr std::size_t rows = 400;
    std::set<std::string> expected;
    auto work = [&](db::Tx& tx) {
        expected.clear();
        for (std::size_t i = 0; i < rows; ++i) {
            std::array<std::uint8_t, 10> bits{};
            random.fill(bits);
            const store::OutboxMail row{OutboxId(make_uuid_v7(start_of_test, bits)), std::nullopt, "E10",
                                        "ada@mail.example", "en", {{"code", "123456"}}};
            store::put_mail(tx, row_keys.keys, row, store::MailPriority::security, start_of_test);
            expected.insert("<" + row.id.text() + "@exchange.example>");
        }
    };
    sync_wait(database->transact(work));
    const auto waiting = [&] {
        return sync_wait(database->read("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'")).integer(0, 0);
    };

    std::mt19937 moments(20261122);
    Instant now = start_of_test;
    int kills = 0;
    while (waiting() > 0) {
        ASSERT_LT(kills, 200);
        test::Child killed({"env", "SALLYPORT_KILLED_DATABASE=" + location, "SALLYPORT_KILLED_KEYS=" + keys,
                            "SALLYPORT_KILLED_RELAY=" + relay,
                            "SALLYPORT_KILLED_NOW=" + std::to_string(to_unix_ms(now)),
                            std::filesystem::read_symlink("/proc/self/exe").string(),
                            "--gtest_also_run_disabled_tests",
                            "--gtest_filter=OutboxKilled.DISABLED_TheProcessThatIsKilled"});
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + moments() % 60));  // the random moment of its death
        killed.kill(SIGKILL);
        EXPECT_EQ(killed.wait(), 128 + SIGKILL);
        ++kills;
        now += mail_lease;
    }
    std::map<std::string, int> times;
    std::ifstream file(relay);
    for (std::string line; std::getline(file, line);) ++times[line];
    EXPECT_EQ(times.size(), rows);
    int twice = 0;
    for (const auto& [id, count] : times) {
        EXPECT_TRUE(expected.contains(id));
        if (count > 1) ++twice;
    }
    // A kill between the relay's answer and our commit repeats what was in flight, and no more than that.
    EXPECT_LE(twice, kills * static_cast<int>(outbox_in_flight_max));
    EXPECT_GT(kills, 1);
}

}  // namespace
}  // namespace sallyport::messages
