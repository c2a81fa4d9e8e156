// An address that our mails do not reach: who hears of it, how often, and what ends it. On both engines.
#include "proof/unreachable.h"

#include "policy/deliverability.h"
#include "proof/changes.h"
#include "proof/sent_codes.h"
#include "store/address_standings.h"
#include "store/due_work.h"
#include "store/events.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::proof {
namespace {

using policy::deliverability::Heard;
using policy::deliverability::Standing;

constexpr policy::deliverability::Limits limits;

class Unreachable : public testing::TestWithParam<db::test::Engine> {
protected:
    void hear(const Email& address, Heard heard)
    {
        const Instant now = m_w.clock.now();
        m_w.transact([&](db::Tx& tx) {
            const auto before = store::load_standing(tx, m_w.keys.keys, m_ada.id, address);
            store::put_standing(tx, m_w.keys.keys, m_ada.id, address,
                                policy::deliverability::after(before, heard, now, limits));
            store::put_due_work(tx, m_ada.id, now);
        });
    }
    Standing standing(const Email& address)
    {
        return m_w.transact(
            [&](db::Tx& tx) { return store::load_standing(tx, m_w.keys.keys, m_ada.id, address); });
    }
    /// "E58 to" and "T15 to" of what is owed since the last call.
    std::set<std::string> told()
    {
        sync_wait(do_due_changes(m_w.world));
        std::set<std::string> all;
        for (const auto channel : {store::OutboxChannel::mail, store::OutboxChannel::text})
            for (const auto& one : m_w.transact([&](db::Tx& tx) {
                     return store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::days{400}, m_w.clock.now(),
                                              channel);
                 }))
                all.insert(one.mail.mail + " " + one.mail.to);
        return all;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Person m_ada = m_w.person({.notice_email = "ada@second.example"});
    const Email m_second = *Email::parse("ada@second.example");
};
INSTANTIATE_TEST_SUITE_P(Engines, Unreachable, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Unreachable, TheOtherChannelsHearOfItOnce)
{
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    hear(m_ada.email, Heard::temporary);
    EXPECT_EQ(told(), std::set<std::string>{}) << "one failure is everyday";
    hear(m_ada.email, Heard::gone);
    EXPECT_EQ(told(), (std::set<std::string>{"E58 ada@second.example", "T15 +351912345678"}));
    EXPECT_TRUE(standing(m_ada.email).told);
    hear(m_ada.email, Heard::gone);
    m_w.clock.advance(std::chrono::hours{1});
    EXPECT_EQ(told(), std::set<std::string>{}) << "once";
    const auto events = m_w.transact([&](db::Tx& tx) { return store::events_of(tx, m_ada.id, 5); });
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events[0].kind, "email_undeliverable");
    EXPECT_EQ(events[0].detail, "a••@m••.example");
}

TEST_P(Unreachable, OfASecondAddressTheFirstHears)
{
    hear(m_second, Heard::gone);
    EXPECT_EQ(told(), std::set<std::string>{"E58 ada@mail.example"});
}

TEST_P(Unreachable, ACodeTypedFromAMailEndsItAndANewMarkIsToldAgain)
{
    hear(m_ada.email, Heard::gone);
    told();
    const CodePlace place{m_ada.id, store::TokenHash{1}, policy::challenge::Purpose::second_factor,
                          policy::challenge::Channel::email};
    EXPECT_EQ(sync_wait(send_code(m_w.world, test::stranger(), place, {m_ada.email.address(), true})).answer,
              SendAnswer::sent)
        << "codes go on";
    std::string code;
    for (const auto& mail : test::new_mails(m_w))
        if (mail.to == m_ada.email.address()) code = test::parameter(mail, "code");
    const auto take = [&](const std::string& digits) {
        return m_w.transact(
            [&](db::Tx& tx) { return take_code(tx, m_w.world, place, digits, m_w.clock.now()); });
    };
    EXPECT_FALSE(take(code == "000000" ? "000001" : "000000"));
    EXPECT_TRUE(standing(m_ada.email).undeliverable_since);
    EXPECT_TRUE(take(code));
    EXPECT_EQ(standing(m_ada.email), Standing{});
    hear(m_ada.email, Heard::gone);
    EXPECT_TRUE(told().contains("E58 ada@second.example"));
}

TEST_P(Unreachable, WhatWasOutlivedIsForgotten)
{
    hear(m_ada.email, Heard::gone);
    hear(m_second, Heard::gone);
    hear(m_second, Heard::accepted);
    const auto count = [&] {
        return m_w.transact([](db::Tx& tx) { return store::undeliverable_addresses(tx); });
    };
    EXPECT_EQ(count(), 2);
    m_w.clock.advance(limits.quiet);
    m_w.transact([&](db::Tx& tx) { store::forget_standings(tx, m_w.clock.now() - limits.quiet, 100); });
    EXPECT_EQ(count(), 1) << "nothing was taken for the first one";
}

}  // namespace
}  // namespace sallyport::proof
