// Text messages: rows of their own channel, by a worker of their own.
#include "slices/messages/deliver.h"
#include "slices/messages/dev_mailbox.h"
#include "slices/messages/dev_phone.h"
#include "slices/messages/outbox_fixture.h"
#include "slices/messages/texts.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::messages {
namespace {

using ports::TextOutcome;
using test::SetClock;

class Service final : public ports::Texter,
                      public test::FarEnd<ports::OutgoingText, TextOutcome, ports::TextResult> {
public:
    Service() : FarEnd(TextOutcome::accepted, "HTTP 200") {}
    Task<ports::TextResult> send(ports::OutgoingText text) override
    {
        auto answered = take(std::move(text));
        co_return co_await std::move(answered);
    }
};

class TextOutbox : public testing::TestWithParam<db::test::Engine> {
protected:
    OutboxId put(std::string kind, bool text)
    {
        std::array<std::uint8_t, 10> random{};
        m_row_keys.random.fill(random);
        const store::OutboxMail row{
            OutboxId(make_uuid_v7(m_clock.now(), random)), std::nullopt, std::move(kind),
            text ? "+351912345678" : "ada@mail.example",   "en",         {{"code", "123456"}}};
        auto work = [&](db::Tx& tx) {
            if (text)
                store::put_text(tx, m_row_keys.keys, row, store::MailPriority::code, m_clock.now());
            else
                store::put_mail(tx, m_row_keys.keys, row, store::MailPriority::code, m_clock.now());
        };
        sync_wait(m_fresh.database().transact(work));
        return row.id;
    }
    std::string state_of(const OutboxId& id)
    {
        const auto rows = sync_wait(m_fresh.database().read(
            "SELECT state, sealed, last_answer FROM outbox WHERE id = $1", BytesView(id.value())));
        return rows.text(0, 0) + (rows.is_null(0, 1) ? ", wiped" : "") + ", " + rows.text(0, 2);
    }
    std::unique_ptr<Deliverer> texts()
    {
        return std::make_unique<Deliverer>(m_fresh.database(), m_row_keys.keys, m_clock, m_service,
                                           [](const store::OutboxMail& text, Instant at) {
                                               return render_text({"Exchange", "exchange.example"}, text, at);
                                           });
    }
    std::unique_ptr<Deliverer> mails()
    {
        return std::make_unique<Deliverer>(m_fresh.database(), m_row_keys.keys, m_clock, m_mailbox,
                                           test::render, test::sender());
    }
    static void until(const std::atomic<std::uint64_t>& count, std::uint64_t value)
    {
        while (count < value) std::this_thread::yield();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    crypto::TestRandom m_random;
    crypto::KeyRing m_ring = crypto::KeyRing::generate(m_random);
    test::RowKeys m_row_keys{m_ring};
    SetClock m_clock{test::start_of_test};
    Service m_service;
    DevMailbox m_mailbox;
};

TEST_P(TextOutbox, EachWorkerTakesItsOwnChannel)
{
    const OutboxId text = put("T1", true);
    const OutboxId mail = put("E2", false);
    {
        const auto worker = texts();
        until(worker->counts().delivered, 1);
    }
    EXPECT_EQ(state_of(text), "delivered, wiped, ");
    EXPECT_EQ(state_of(mail), "waiting, ");
    const auto sent = m_service.wait_for(1);
    EXPECT_EQ(sent[0].id, text.text());
    EXPECT_EQ(sent[0].to, "+351912345678");
    EXPECT_EQ(sent[0].text,
              "123456 is your Exchange code to sign in. Never share it.\n\n@exchange.example #123456");
    const OutboxId second = put("T1", true);
    const auto worker = mails();
    until(worker->counts().delivered, 1);
    EXPECT_EQ(state_of(mail), "delivered, wiped, ");
    EXPECT_EQ(state_of(second), "waiting, ");
}

TEST_P(TextOutbox, ASlowServiceHoldsUpNoMail)
{
    m_service.hold();
    for (std::size_t i = 0; i < 2 * outbox_in_flight_max; ++i) put("T1", true);
    const auto slow = texts();
    m_service.wait_for(outbox_in_flight_max);
    const auto worker = mails();
    put("E2", false);
    until(worker->counts().delivered, 1);
    m_service.release();
    until(slow->counts().delivered, 2 * outbox_in_flight_max);
}

TEST_P(TextOutbox, TriesAgainWithTheSameIdUntilTheCodeIsDead)
{
    const OutboxId text = put("T1", true);
    m_service.answer(TextOutcome::try_again);
    const auto worker = texts();
    until(worker->counts().delayed, 1);
    m_clock.advance(first_delay);
    worker->wake();
    const auto sent = m_service.wait_for(2);
    EXPECT_EQ(sent[0].id, sent[1].id);
    until(worker->counts().delayed, 2);
    m_clock.advance(std::chrono::minutes(10));
    until(worker->counts().failed, 1);
    EXPECT_EQ(state_of(text), "failed, wiped, given up: too late to be of use");
    EXPECT_EQ(m_service.wait_for(2).size(), 2U);
}

TEST_P(TextOutbox, ARefusalIsTheEnd)
{
    const OutboxId text = put("T2", true);
    m_service.answer(TextOutcome::refused);
    const auto worker = texts();
    until(worker->counts().failed, 1);
    EXPECT_EQ(state_of(text), "failed, wiped, HTTP 200");
}

INSTANTIATE_TEST_SUITE_P(Engines, TextOutbox, testing::ValuesIn(db::test::engines()), db::test::engine_name);

}  // namespace
}  // namespace sallyport::messages
