#pragma once
// For the tests of the outbox worker on both engines: a relay that answers as the test says, and the rows.
#include "base/mutex.h"
#include "slices/messages/outbox_fixture.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace sallyport::messages::test {

using ports::MailOutcome;
using ports::MailResult;

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
        const store::OutboxMail row{OutboxId(make_uuid_v7(m_clock.now(), random)),
                                    std::nullopt,
                                    std::move(mail),
                                    "ada@mail.example",
                                    "en",
                                    {{"code", "123456"}}};
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
    Instant lease_of(const OutboxId& id)
    {
        return from_unix_ms(sync_wait(m_fresh.database().read("SELECT lease_until FROM outbox WHERE id = $1",
                                                              BytesView(id.value())))
                                .integer(0, 0));
    }
    void until_renewed(const OutboxId& id)
    {
        while (lease_of(id) < m_clock.now() + mail_lease) std::this_thread::yield();
    }
    std::unique_ptr<Deliverer> start(db::Database& database, policy::mail_breaker::Limits breaker = {})
    {
        return std::make_unique<Deliverer>(database, m_row_keys.keys, m_clock, m_relay, render, sender(),
                                           breaker);
    }
    std::unique_ptr<Deliverer> start(policy::mail_breaker::Limits breaker = {})
    {
        return start(m_fresh.database(), breaker);
    }
    static void until(const std::atomic<std::uint64_t>& count, std::uint64_t value)
    {
        while (count < value) std::this_thread::yield();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    crypto::TestRandom m_random;
    crypto::KeyRing m_ring = crypto::KeyRing::generate(m_random);
    RowKeys m_row_keys{m_ring};
    SetClock m_clock{start_of_test};
    Relay m_relay;
};

}  // namespace sallyport::messages::test
