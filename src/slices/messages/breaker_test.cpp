// A mass of one kind stops (policy/mail_breaker.h), on both engines and in several processes.
#include "slices/messages/breaker.h"

#include "slices/messages/deliver_fixture.h"
#include "store/mail_breakers.h"
#include "support/people.h"

namespace sallyport::messages {
namespace {

class Breaker : public test::Outbox {
protected:
    /// Kinds that the breaker stopped, each with its rows that wait.
    std::string stopped()
    {
        auto work = [](db::Tx& tx) { return store::stopped_mails(tx); };
        std::string all;
        for (const auto& one : sync_wait(m_fresh.database().transact(work)))
            all += (all.empty() ? "" : ", ") + one.mail + ' ' + std::to_string(one.held);
        return all;
    }
    std::uint64_t held()
    {
        const std::string one = stopped();
        return one.empty() ? 0 : std::stoull(one.substr(one.find(' ') + 1));
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Breaker, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Breaker, AMassOfOneKindStopsAndCodesAndOtherKindsGoOn)
{
    sallyport::test::CapturedLog log;
    for (int i = 0; i < 6; ++i) put("E23");
    const auto deliverer = start({.same_a_minute_max = 4});
    until(deliverer->counts().delivered, 4);
    for (const char* later : {"E23", "E11"}) put(later);
    for (int i = 0; i < 6; ++i) put("E2", store::MailPriority::code);
    deliverer->wake();
    until(deliverer->counts().delivered, 11);  // six codes, and the one of another kind
    EXPECT_EQ(stopped(), "E23 3");
    EXPECT_EQ(log.alarms(), 1U);

    m_clock.advance(policy::mail_breaker::window);
    put("E23");
    while (stopped() != "E23 4") std::this_thread::yield();
    EXPECT_EQ(m_relay.seen(), 11U) << "a new minute changes nothing";

    auto work = [&](db::Tx& tx) {
        return store::release_mail(tx, "E23", policy::mail_breaker::released(m_clock.now()), m_clock.now());
    };
    EXPECT_EQ(sync_wait(m_fresh.database().transact(work)), 4);
    deliverer->wake();
    until(deliverer->counts().delivered, 15);
    for (int i = 0; i < 6; ++i) put("E23");
    deliverer->wake();
    until(deliverer->counts().delivered, 21);
    EXPECT_EQ(stopped(), "");
}

TEST_P(Breaker, WhatIsDroppedNeverLeavesAndIsWiped)
{
    std::vector<OutboxId> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(put("E23"));
    const auto deliverer = start({.same_a_minute_max = 0});
    while (stopped() != "E23 3") std::this_thread::yield();
    auto work = [&](db::Tx& tx) { return store::drop_mail(tx, "E23", m_clock.now()); };
    EXPECT_EQ(sync_wait(m_fresh.database().transact(work)), 3);
    for (const OutboxId& id : ids) {
        EXPECT_EQ(state_of(id).state, "failed");
        EXPECT_TRUE(state_of(id).wiped);
        EXPECT_EQ(state_of(id).attempts, 0);
    }
    EXPECT_EQ(m_relay.seen(), 0U);
    EXPECT_EQ(stopped(), "");
}

TEST_P(Breaker, TwoProcessesCountTogether)
{
    for (int i = 0; i < 12; ++i) put("E23");
    const auto second = m_fresh.open_again();
    const auto one = start({.same_a_minute_max = 6});
    const auto two = start(*second, {.same_a_minute_max = 6});
    while (stopped().empty()) std::this_thread::yield();
    while (one->counts().delivered + two->counts().delivered + held() < 12) std::this_thread::yield();
    EXPECT_LE(m_relay.seen(), 6U);
}

}  // namespace
}  // namespace sallyport::messages
