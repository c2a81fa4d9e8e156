// What both engines promise, run on each: the SQL subset, its types, transactions and what happens to those
// who wait.
#include "db/database.h"

#include "support/engines.h"

#include <atomic>
#include <gtest/gtest.h>
#include <limits>
#include <thread>

namespace sallyport::db {
namespace {

using test::Engine;

constexpr Migration tables{1, "0001_test", R"(
-- a comment; with a semicolon
CREATE TABLE thing (
    id BIGINT PRIMARY KEY,
    body TEXT,
    raw BYTEA,
    flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)),
    amount BIGINT
);
CREATE TABLE part (
    id BIGINT PRIMARY KEY,
    thing_id BIGINT NOT NULL REFERENCES thing (id) ON DELETE CASCADE,
    kind TEXT NOT NULL DEFAULT ';',
    ended BIGINT,
    UNIQUE (thing_id, kind)
);
CREATE UNIQUE INDEX part_live ON part (thing_id) WHERE ended IS NULL;
CREATE TABLE counter (name TEXT PRIMARY KEY, total BIGINT NOT NULL);
CREATE TABLE keyed (key BYTEA PRIMARY KEY, n BIGINT NOT NULL);
)"};

class Contract : public testing::TestWithParam<Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    template <class... Arguments>
    Rows read(Sql sql, const Arguments&... arguments)
    {
        return sync_wait(m_database.read(sql, arguments...));
    }
    void add_thing(std::int64_t id, std::string_view body = "body")
    {
        transact([&](Tx& tx) { tx.execute("INSERT INTO thing (id, body) VALUES ($1, $2)", id, body); });
    }
    std::int64_t things() { return read("SELECT COUNT(*) FROM thing").integer(0, 0); }

    test::FreshDatabase m_fresh = GetParam().make(std::span(&tables, 1));
    Database& m_database = m_fresh.database();
};
INSTANTIATE_TEST_SUITE_P(Engines, Contract, testing::ValuesIn(test::engines()),
                         [](const auto& info) { return info.param.name; });

// ---- values ----

TEST_P(Contract, GivesBackEachTypeAsItWasGiven)
{
    const std::string text = "Zoë \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xf0\x9f\x94\x91 ' \" \\ $1";
    const Bytes bytes{0, 1, 0xff, 0, '\''};
    const auto smallest = std::numeric_limits<std::int64_t>::min();
    transact([&](Tx& tx) {
        tx.execute("INSERT INTO thing (id, body, raw, amount) VALUES ($1, $2, $3, $4)", 1, text, bytes,
                   smallest);
        tx.execute("INSERT INTO thing (id, body, raw, amount) VALUES ($1, $2, $3, $4)", 2, "", Bytes(),
                   std::numeric_limits<std::int64_t>::max());
        tx.execute("INSERT INTO thing (id, body, raw, amount) VALUES ($1, $2, $3, $4)", 3, null_text,
                   null_bytes, null_integer);
    });
    const Rows rows = read("SELECT body, raw, amount FROM thing ORDER BY id");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows.text(0, 0), text);
    EXPECT_EQ(rows.bytes(0, 1), bytes);
    EXPECT_EQ(rows.integer(0, 2), smallest);
    EXPECT_EQ(rows.text(1, 0), "");
    EXPECT_EQ(rows.bytes(1, 1), Bytes());
    EXPECT_EQ(rows.integer(1, 2), std::numeric_limits<std::int64_t>::max());
    for (std::size_t column = 0; column < 3; ++column) EXPECT_TRUE(rows.is_null(2, column));
    EXPECT_FALSE(rows.is_null(1, 0));
    EXPECT_FALSE(rows.is_null(1, 1));
}

TEST_P(Contract, RefusesTextThatTheEdgeShouldHaveRefused)
{
    EXPECT_THROW(read("SELECT body FROM thing WHERE body = $1", std::string("a\0b", 3)), ProgrammingError);
    EXPECT_THROW(read("SELECT body FROM thing WHERE body = $1", "\xff"), ProgrammingError);
    EXPECT_THROW(add_thing(1, "\xed\xa0\x80"), ProgrammingError);
    EXPECT_EQ(things(), 0);
}

TEST_P(Contract, RefusesAValueOfTheWrongType)
{
    EXPECT_THROW(
        transact([](Tx& tx) { tx.execute("INSERT INTO thing (id, amount) VALUES (1, $1)", "many"); }),
        ProgrammingError);
    EXPECT_THROW(transact([](Tx& tx) { tx.execute("INSERT INTO thing (id, raw) VALUES (1, $1)", "text"); }),
                 ProgrammingError);
    EXPECT_EQ(things(), 0);
}

TEST_P(Contract, AStatementThatIsWrongIsOurBugAndHarmsNobody)
{
    EXPECT_THROW(read("SELECT nothing FROM nowhere"), ProgrammingError);
    EXPECT_THROW(transact([](Tx& tx) { tx.query("SELEC 1"); }), ProgrammingError);
    add_thing(1);
    EXPECT_EQ(things(), 1);
}

// ---- the SQL subset (architecture.md, section 1) ----

TEST_P(Contract, TakesParametersInAnyOrderAndTwice)
{
    add_thing(7, "seven");
    const Rows rows = read("SELECT body FROM thing WHERE id = $2 AND (body = $1 OR body = $1)", "seven", 7);
    ASSERT_EQ(rows.size(), 1U);
}

TEST_P(Contract, InsertsOrUpdatesAndReturns)
{
    const auto upsert = [](Tx& tx) {
        return tx
            .query("INSERT INTO counter (name, total) VALUES ($1, $2) "
                   "ON CONFLICT (name) DO UPDATE SET total = counter.total + excluded.total RETURNING total",
                   "a", 5)
            .integer(0, 0);
    };
    EXPECT_EQ(transact(upsert), 5);
    EXPECT_EQ(transact(upsert), 10);
    const auto nothing = [](Tx& tx) {
        return tx.execute("INSERT INTO counter (name, total) VALUES ($1, 1) ON CONFLICT (name) DO NOTHING",
                          "a");
    };
    EXPECT_EQ(transact(nothing), 0);
}

TEST_P(Contract, CountsTheRowsThatChange)
{
    add_thing(1);
    add_thing(2);
    transact([](Tx& tx) {
        EXPECT_EQ(tx.execute("UPDATE thing SET amount = $2 WHERE id = $1 AND amount IS NOT DISTINCT FROM $3",
                             1, 5, null_integer),
                  1);
        EXPECT_EQ(tx.execute("UPDATE thing SET amount = 6 WHERE id = $1 AND amount < $2", 1, 5),
                  0);  // replay guard
        EXPECT_EQ(tx.execute("UPDATE thing SET flag = 1"), 2);
        EXPECT_EQ(tx.execute("SELECT id FROM thing"), 0);
        EXPECT_EQ(tx.execute("DELETE FROM thing WHERE id = 1"), 1);
    });
}

TEST_P(Contract, KnowsCommonTablesRowValuesAndOrders)
{
    for (std::int64_t id = 1; id <= 5; ++id) add_thing(id, "b" + std::to_string(id));
    transact([](Tx& tx) { tx.execute("UPDATE thing SET amount = id WHERE id <> 3"); });
    const Rows ordered = read("WITH big AS (SELECT id, amount FROM thing WHERE (id, body) >= ($1, $2)) "
                              "SELECT id FROM big ORDER BY amount DESC NULLS LAST LIMIT $3",
                              2, "b2", 4);
    ASSERT_EQ(ordered.size(), 4U);
    EXPECT_EQ(ordered.integer(0, 0), 5);
    EXPECT_EQ(ordered.integer(3, 0), 3);
    const Rows sums =
        read("SELECT COALESCE(SUM(amount), 0), COUNT(amount), MAX(amount), SUM(amount) FROM thing "
             "WHERE id > $1",
             100);
    EXPECT_EQ(sums.integer(0, 0), 0);
    EXPECT_EQ(sums.integer(0, 1), 0);
    EXPECT_TRUE(sums.is_null(0, 2));
    EXPECT_TRUE(sums.is_null(0, 3));
    EXPECT_EQ(read("SELECT SUM(amount) FROM thing").integer(0, 0), 12);
    EXPECT_EQ(read("SELECT EXISTS (SELECT 1 FROM thing WHERE id = $1)", 1).integer(0, 0), 1);
    EXPECT_EQ(read("SELECT 1").integer(0, 0), 1);
    EXPECT_EQ(read("SELECT id FROM thing WHERE amount IS NOT DISTINCT FROM $1", null_integer).integer(0, 0),
              3);
    EXPECT_EQ(
        read("SELECT CASE WHEN amount > 2 THEN body ELSE $1 END FROM thing WHERE id = 1", "low").text(0, 0),
        "low");
}

TEST_P(Contract, SumsAreWholeAndSigned)
{
    for (const std::int64_t amount :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'000}, std::int64_t{-120'000'000},
          std::int64_t{9'000'000'000'000'001}, std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min()}) {
        transact([&](Tx& tx) {
            tx.execute("DELETE FROM thing");
            tx.execute("INSERT INTO thing (id, amount) VALUES (1, $1)", amount);
        });
        EXPECT_EQ(read("SELECT SUM(amount) FROM thing").integer(0, 0), amount);
    }
}

TEST_P(Contract, KeepsItsConstraints)
{
    add_thing(1);
    const auto refused = [&](auto work) { EXPECT_THROW(transact(work), ConstraintViolation); };
    refused([](Tx& tx) { tx.execute("INSERT INTO thing (id) VALUES ($1)", 1); });
    refused([](Tx& tx) { tx.execute("INSERT INTO thing (id, flag) VALUES (2, $1)", 2); });
    refused([](Tx& tx) { tx.execute("INSERT INTO part (id, thing_id) VALUES (1, $1)", 99); });
    refused([](Tx& tx) { tx.execute("INSERT INTO counter (name, total) VALUES ('n', $1)", null_integer); });
    refused([](Tx& tx) { tx.execute("INSERT INTO keyed (key, n) VALUES ($1, 1)", null_bytes); });
    transact([](Tx& tx) { tx.execute("INSERT INTO part (id, thing_id, kind) VALUES (1, 1, 'a')"); });
    refused([](Tx& tx) { tx.execute("INSERT INTO part (id, thing_id, kind, ended) VALUES (2, 1, 'a', 5)"); });
    refused([](Tx& tx) {
        tx.execute("INSERT INTO part (id, thing_id, kind) VALUES (2, 1, 'b')");
    });  // one live part
    transact(
        [](Tx& tx) { tx.execute("INSERT INTO part (id, thing_id, kind, ended) VALUES (2, 1, 'b', 5)"); });
    EXPECT_EQ(read("SELECT kind FROM part WHERE id = 2").text(0, 0), "b");
    transact([](Tx& tx) { tx.execute("DELETE FROM thing WHERE id = 1"); });
    EXPECT_EQ(read("SELECT COUNT(*) FROM part").integer(0, 0), 0);
}

TEST_P(Contract, ComparesBytesAndTextByByte)
{
    transact([](Tx& tx) {
        tx.execute("INSERT INTO keyed (key, n) VALUES ($1, 1)", Bytes{0, 1});
        tx.execute("INSERT INTO keyed (key, n) VALUES ($1, 2)", Bytes{0});
    });
    EXPECT_EQ(read("SELECT n FROM keyed WHERE key = $1", Bytes{0, 1}).integer(0, 0), 1);
    add_thing(1, "Case");
    EXPECT_TRUE(read("SELECT id FROM thing WHERE body = $1", "case").empty());
}

// ---- transactions ----

TEST_P(Contract, WhatThrowsIsRolledBackAndComesThrough)
{
    struct Own {};
    EXPECT_THROW(transact([](Tx& tx) {
                     tx.execute("INSERT INTO thing (id) VALUES (1)");
                     throw Own();
                 }),
                 Own);
    EXPECT_EQ(things(), 0);
}

TEST_P(Contract, AFailedStatementLosesTheTransactionEvenWhereTheWorkSwallowsIt)
{
    add_thing(1);
    EXPECT_THROW(transact([](Tx& tx) {
                     tx.execute("INSERT INTO thing (id) VALUES (2)");
                     try {
                         tx.execute("INSERT INTO thing (id) VALUES (1)");
                     } catch (const ConstraintViolation&) {
                     }
                 }),
                 ConstraintViolation);
    EXPECT_EQ(things(), 1);
}

TEST_P(Contract, SeesItsOwnWritesAndOthersAfterTheCommit)
{
    transact([](Tx& tx) {
        tx.execute("INSERT INTO thing (id, body) VALUES (1, 'x')");
        EXPECT_EQ(tx.query("SELECT body FROM thing WHERE id = 1").text(0, 0), "x");
    });
    EXPECT_EQ(things(), 1);
    EXPECT_EQ(sync_wait(m_fresh.open_again()->read("SELECT COUNT(*) FROM thing")).integer(0, 0), 1);
}

TEST_P(Contract, TakesWorkThatOnlyMoves)
{
    auto body = std::make_unique<std::string>("moved");
    transact([body = std::move(body)](Tx& tx) {
        tx.execute("INSERT INTO thing (id, body) VALUES (1, $1)", *body);
    });
    EXPECT_EQ(read("SELECT body FROM thing").text(0, 0), "moved");
}

TEST_P(Contract, CountsEveryStatement)
{
    const auto before = m_database.statement_count();
    read("SELECT 1");
    transact([](Tx& tx) {
        tx.query("SELECT 1");
        tx.execute("INSERT INTO thing (id) VALUES (1)");
    });
    sync_wait(m_database.bump("UPDATE thing SET amount = 1"));
    EXPECT_EQ(m_database.statement_count() - before, 4U);
}

}  // namespace
}  // namespace sallyport::db
