#pragma once
// For the tests of the outbox worker on both engines: a relay that answers as the test says, and the rows.
#include "slices/messages/outbox_fixture.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace sallyport::messages::test {

using ports::MailOutcome;
using ports::MailResult;

class Relay final : public ports::Mailer, public FarEnd<ports::OutgoingMail, MailOutcome, MailResult> {
public:
    Relay() : FarEnd(MailOutcome::accepted, "250 said the relay") {}
    Task<MailResult> send(ports::OutgoingMail mail) override
    {
        auto answered = take(std::move(mail));
        co_return co_await std::move(answered);
    }
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
