// What answers said of an address, as a row, on both engines: nobody who writes to the database marks an
// address, or takes a mark away, unseen.
#include "store/address_standings.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using policy::deliverability::Standing;
using test::start_of_test;

class AddressStandings : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    Standing load(const test::Person& person, const Email& address)
    {
        return transact([&](db::Tx& tx) { return load_standing(tx, m_keys.keys, person.id, address); });
    }
    void put(const test::Person& person, const Email& address, const Standing& standing)
    {
        transact([&](db::Tx& tx) { put_standing(tx, m_keys.keys, person.id, address, standing); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{11};
    test::CapturedLog m_log;
    const test::Person m_ada = make_person(m_database, m_keys, m_random, {});
    const test::Person m_eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
    const Standing m_gone{3,
                          start_of_test,
                          start_of_test + std::chrono::hours{1},
                          start_of_test + std::chrono::hours{2},
                          start_of_test + std::chrono::hours{3},
                          true};
};
INSTANTIATE_TEST_SUITE_P(Engines, AddressStandings, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(AddressStandings, AreOfOneAddressOfOneAccount)
{
    put(m_ada, m_ada.email, m_gone);
    EXPECT_EQ(load(m_ada, m_ada.email), m_gone);
    EXPECT_EQ(load(m_ada, m_eve.email), Standing{});
    EXPECT_EQ(load(m_eve, m_ada.email), Standing{});
    put(m_ada, m_ada.email, {});
    EXPECT_EQ(load(m_ada, m_ada.email), Standing{});
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(AddressStandings, OneThatWasWrittenOrMovedCountsAsNoneAndIsAlarmed)
{
    put(m_ada, m_ada.email, m_gone);
    const auto refused = [&](const test::Person& person, const Email& address, auto change) {
        const std::size_t before = m_log.alarms();
        put(m_ada, m_ada.email, m_gone);
        transact(change);
        EXPECT_EQ(load(person, address), Standing{});
        EXPECT_EQ(m_log.alarms(), before + 1);
        transact([](db::Tx& tx) { tx.execute("DELETE FROM address_standings"); });
    };
    const db::Sql changes[]{"UPDATE address_standings SET failures = 0",
                            "UPDATE address_standings SET first_failure_at = first_failure_at - 1",
                            "UPDATE address_standings SET undeliverable_since = NULL",
                            "UPDATE address_standings SET accepted_at = NULL",
                            "UPDATE address_standings SET complained_at = NULL",
                            "UPDATE address_standings SET told = 0"};
    for (const db::Sql& sql : changes) {
        SCOPED_TRACE(sql.text());
        refused(m_ada, m_ada.email, [&](db::Tx& tx) { tx.execute(sql); });
    }
    refused(m_eve, m_ada.email,
            [&](db::Tx& tx) { tx.execute("UPDATE address_standings SET account = $1", m_eve.id.value()); });
    // Another address of the same account has a row: the mark is moved there.
    const Email second = *Email::parse("ada@second.example");
    put(m_ada, second, {1, start_of_test, {}, {}, {}, false});
    const Bytes there = transact([](db::Tx& tx) {
        return tx.query("SELECT address FROM address_standings WHERE failures = 1").bytes(0, 0);
    });
    refused(m_ada, second, [&](db::Tx& tx) {
        tx.execute("DELETE FROM address_standings WHERE failures = 1");
        tx.execute("UPDATE address_standings SET address = $1", there);
    });
}

}  // namespace
}  // namespace sallyport::store
