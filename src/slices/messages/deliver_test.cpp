#include "slices/messages/deliver.h"

#include "base/check.h"
#include "slices/messages/deliver_fixture.h"
#include "support/engines.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

namespace sallyport::messages {
namespace {

using ports::MailOutcome;
using ports::MailResult;
using test::render;
using test::RowKeys;
using test::sender;
using test::SetClock;
using test::start_of_test;

using test::Outbox;
using test::State;

TEST_P(Outbox, DeliversAndWipes)
{
    const OutboxId id = put("E10");
    EXPECT_FALSE(state_of(id).wiped);
    const auto deliverer = start();
    until(deliverer->counts().delivered, 1);
    const auto seen = m_relay.wait_for(1);
    EXPECT_EQ(seen[0].message_id, test::message_id_of(m_fresh.database(), m_row_keys.keys, id));
    EXPECT_EQ(seen[0].raw.find(id.text()), std::string::npos) << "a row's id has its time in it";
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

TEST_P(Outbox, WhatALivingProcessHoldsIsRenewedAndNobodyElses)
{
    const OutboxId id = put("E10");
    m_relay.hold();
    const auto one = start();
    m_relay.wait_for(1);
    const auto second = m_fresh.open_again();
    const auto two = start(*second);
    for (int i = 0; i < 4; ++i) {  // in all longer than a lease
        m_clock.advance(mail_lease - std::chrono::seconds(5));
        until_renewed(id);
    }
    EXPECT_EQ(m_relay.seen(), 1U);
    m_relay.release();
    until(one->counts().delivered, 1);
    EXPECT_EQ(state_of(id).attempts, 1);
    EXPECT_EQ(m_relay.seen(), 1U);
}

TEST_P(Outbox, AfterAnOutageAProcessDoesNotTakeItsOwnRowsAgain)
{
    const OutboxId id = put("E10");
    m_relay.hold();
    const auto deliverer = start();
    m_relay.wait_for(1);
    m_clock.advance(10 * mail_lease);  // the lease has ended, and nobody could renew it
    until_renewed(id);
    m_relay.release();
    until(deliverer->counts().delivered, 1);
    EXPECT_EQ(m_relay.seen(), 1U);
    EXPECT_EQ(state_of(id).attempts, 1);
}

TEST_P(Outbox, NoMoreIsUnderWayThanAKillMayDouble)
{
    std::vector<OutboxId> ids;
    for (std::size_t i = 0; i < 3 * outbox_in_flight_max; ++i) ids.push_back(put("E10"));
    m_relay.hold();
    const auto deliverer = start();
    m_relay.wait_for(outbox_in_flight_max);
    m_clock.advance(mail_lease_renewal);
    until_renewed(ids.front());  // it has looked once more
    EXPECT_EQ(m_relay.seen(), outbox_in_flight_max);
    m_relay.release();
    until(deliverer->counts().delivered, ids.size());
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

}  // namespace
}  // namespace sallyport::messages
