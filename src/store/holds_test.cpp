// Holds, pending changes, numbers and codes by e-mail, as rows that grant power.
#include "store/credentials.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::start_of_test;
namespace changes = policy::changes;
using policy::holds::Cause;

constexpr Duration day = std::chrono::days{1};

class PowerRows : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    CredentialSet load()
    {
        return transact([&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id); });
    }
    template <class Change>
    void change(Change make)
    {
        transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, m_ada.id);
            make(set);
            set.save(tx, m_keys.keys, start_of_test);
        });
    }
    template <class Any>
    Any id()
    {
        return m_random.id<Any>(start_of_test);
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{8};
    test::CapturedLog m_log;
    const test::Person m_ada = make_person(m_database, m_keys, m_random, {});
};
INSTANTIATE_TEST_SUITE_P(Engines, PowerRows, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(PowerRows, TheLongestHoldWins)
{
    EXPECT_FALSE(load().held_until(start_of_test));
    change([&](CredentialSet& set) {
        set.add_hold({id<HoldId>(), Cause::password_changed, start_of_test, start_of_test + 3 * day});
        set.add_hold({id<HoldId>(), Cause::recovered, start_of_test, start_of_test + 7 * day});
    });
    EXPECT_EQ(load().held_until(start_of_test), start_of_test + 7 * day);
    EXPECT_EQ(load().held_until(start_of_test + 7 * day - Duration{1}), start_of_test + 7 * day);
    EXPECT_FALSE(load().held_until(start_of_test + 7 * day));
    ASSERT_EQ(load().holds().size(), 2U);
    for (const Hold& hold : load().holds()) {
        EXPECT_EQ(hold.since, start_of_test);
        EXPECT_EQ(hold.until - hold.since, hold.cause == Cause::recovered ? 7 * day : 3 * day);
    }
}

TEST_P(PowerRows, AHoldThatIsDeletedBehindTheBackIsMissed)
{
    change([&](CredentialSet& set) {
        set.add_hold({id<HoldId>(), Cause::recovered, start_of_test, start_of_test + 7 * day});
    });
    transact([&](db::Tx& tx) { tx.execute("DELETE FROM credentials WHERE kind = 'hold'"); });
    EXPECT_THROW(load(), TamperedRow);
}

TEST_P(PowerRows, EveryKindAndStateOfAChangeComesBack)
{
    std::vector<PendingChange> put;
    for (int kind = 0; kind <= static_cast<int>(changes::Kind::stop_email_codes); ++kind)
        for (int state = 0; state <= static_cast<int>(changes::State::undone); ++state) {
            const auto due = start_of_test + (kind + 1) * day;
            const bool ended = state > 0;
            put.push_back(
                {id<ChangeId>(),
                 {static_cast<changes::Kind>(kind), static_cast<changes::State>(state), start_of_test, due},
                 "subject",
                 "old@mail.example",
                 "new@mail.example",
                 ended ? std::optional(due) : std::nullopt,
                 ended ? "mail" : ""});
        }
    change([&](CredentialSet& set) {
        for (const PendingChange& one : put) set.put_change(one);
    });
    const auto found = load().changes();
    ASSERT_EQ(found.size(), put.size());
    for (const PendingChange& one : found) {
        const auto at = std::ranges::find(put, one.id, &PendingChange::id);
        ASSERT_NE(at, put.end());
        EXPECT_EQ(one.pending.kind, at->pending.kind);
        EXPECT_EQ(one.pending.state, at->pending.state);
        EXPECT_EQ(one.pending.asked_at, start_of_test);
        EXPECT_EQ(one.pending.due_at, at->pending.due_at);
        EXPECT_EQ(one.subject, "subject");
        EXPECT_EQ(one.before, "old@mail.example");
        EXPECT_EQ(one.after, "new@mail.example");
        EXPECT_EQ(one.ended_at, at->ended_at);
        EXPECT_EQ(one.stopped_by, at->stopped_by);
    }
}

TEST_P(PowerRows, AChangeMovesOnInItsPlace)
{
    PendingChange one{id<ChangeId>(), {}, "subject", {}, {}, {}, {}};
    one.pending.asked_at = start_of_test;
    change([&](CredentialSet& set) { set.put_change(one); });
    one.pending.state = changes::State::stopped;
    one.stopped_by = "session";
    one.ended_at = start_of_test + day;
    change([&](CredentialSet& set) { set.put_change(one); });
    ASSERT_EQ(load().changes().size(), 1U);
    EXPECT_EQ(load().changes()[0].pending.state, changes::State::stopped);
    EXPECT_EQ(load().changes()[0].stopped_by, "session");
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(PowerRows, WhatEndedLongAgoIsForgottenAndNothingElse)
{
    PendingChange running{id<ChangeId>(), {}, "a", {}, {}, {}, {}};
    PendingChange old = running;
    old.id = id<ChangeId>();
    old.ended_at = start_of_test - 31 * day;
    change([&](CredentialSet& set) {
        set.put_change(running);
        set.put_change(old);
        set.add_hold({id<HoldId>(), Cause::recovered, start_of_test, start_of_test - 31 * day});
        set.add_hold({id<HoldId>(), Cause::recovered, start_of_test, start_of_test + day});
    });
    change([&](CredentialSet& set) { set.forget_ended(start_of_test - 30 * day); });
    ASSERT_EQ(load().changes().size(), 1U);
    EXPECT_EQ(load().changes()[0].id, running.id);
    EXPECT_EQ(load().holds().size(), 1U);
}

TEST_P(PowerRows, NumbersAndCodesByEmail)
{
    const Phone phone{id<ChannelId>(), "+351912345678", start_of_test};
    EXPECT_FALSE(load().email_codes_since());
    change([&](CredentialSet& set) {
        set.add_phone(phone);
        set.start_email_codes(id<FactorId>(), start_of_test);
        set.start_email_codes(id<FactorId>(), start_of_test + day);
    });
    ASSERT_EQ(load().phones().size(), 1U);
    EXPECT_EQ(load().phones()[0].id, phone.id);
    EXPECT_EQ(load().phones()[0].number, phone.number);
    EXPECT_EQ(load().email_codes_since(), start_of_test) << "turned on twice is on since the first time";
    change([&](CredentialSet& set) {
        set.remove_phone(phone.id);
        set.stop_email_codes();
    });
    EXPECT_TRUE(load().phones().empty());
    EXPECT_FALSE(load().email_codes_since());
}

}  // namespace
}  // namespace sallyport::store
