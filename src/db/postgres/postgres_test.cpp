// What only a server can do to us: go away, come back, hang up, take too long.
#include "db/postgres/postgres.h"

#include "base/check.h"
#include "support/engines.h"
#include "support/postgres_server.h"

#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace sallyport::db {
namespace {

constexpr Migration tables{1, "0001_test", "CREATE TABLE row_of (id BIGINT PRIMARY KEY);\n"};
constexpr int tries_max = 200;  // each takes as long as the pause between two attempts to connect

postgres::Options options(const std::string& conninfo)
{
    postgres::Options options;
    options.conninfo = conninfo;
    options.connections = 3;
    options.read_connections = 1;
    options.migrations = std::span(&tables, 1);
    return options;
}

bool add(Database& database, std::int64_t id)
{
    try {
        sync_wait(database.transact([id](Tx& tx) { tx.execute("INSERT INTO row_of (id) VALUES ($1)", id); }));
        return true;
    } catch (const Unavailable&) {
        return false;
    }
}

bool comes_back(Database& database)
{
    for (int i = 0; i < tries_max; ++i) {
        try {
            sync_wait(database.ping());
            sync_wait(database.bump("DELETE FROM row_of WHERE id = -1"));
            return true;
        } catch (const Unavailable&) {  // it was said when an attempt to connect failed: the next one may do
        }
    }
    return false;
}

TEST(Postgres, StoppedAndStartedAgainItRecoversByItselfAndLosesNothing)
{
    test::PostgresServer server;
    const auto database = postgres::open(options(server.conninfo("postgres")));
    EXPECT_TRUE(add(*database, 1));
    server.stop();
    EXPECT_FALSE(add(*database, 2));
    EXPECT_THROW(sync_wait(database->read("SELECT 1")), Unavailable);
    EXPECT_THROW(sync_wait(database->bump("DELETE FROM row_of")), Unavailable);
    server.start();
    ASSERT_TRUE(comes_back(*database));
    EXPECT_TRUE(add(*database, 3));
    const Rows rows = sync_wait(database->read("SELECT id FROM row_of ORDER BY id"));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows.integer(0, 0), 1);
    EXPECT_EQ(rows.integer(1, 0), 3);
}

TEST(Postgres, StoppedUnderLoadWhatWasAcknowledgedIsThere)
{
    test::PostgresServer server;
    const auto database = postgres::open(options(server.conninfo("postgres")));
    constexpr int writers = 6;
    std::array<std::set<std::int64_t>, writers> acknowledged;
    std::atomic<bool> ending = false;
    std::atomic<int> total = 0;
    {
        std::vector<std::jthread> running;
        for (int writer = 0; writer < writers; ++writer) {
            running.emplace_back([&, writer] {
                for (std::int64_t id = writer; !ending; id += writers) {
                    if (!add(*database, id)) continue;
                    acknowledged[static_cast<std::size_t>(writer)].insert(id);
                    ++total;
                }
            });
        }
        for (int wanted = 100; wanted <= 300; wanted += 100) {
            while (total < wanted) std::this_thread::yield();
            server.stop();
            server.start();
        }
        ending = true;
    }
    ASSERT_TRUE(comes_back(*database));
    std::set<std::int64_t> found;
    const Rows rows = sync_wait(database->read("SELECT id FROM row_of"));
    for (std::size_t i = 0; i < rows.size(); ++i) found.insert(rows.integer(i, 0));
    for (const auto& ids : acknowledged) {
        for (const auto id : ids) EXPECT_TRUE(found.contains(id)) << id;
    }
}

TEST(Postgres, DownAtStartIsUnavailableAndIsMigratedOnceItIsUp)
{
    test::PostgresServer server;
    server.stop();
    const auto database = postgres::open(options(server.conninfo("postgres")));
    EXPECT_THROW(sync_wait(database->ping()), Unavailable);
    EXPECT_FALSE(add(*database, 1));
    server.start();
    ASSERT_TRUE(comes_back(*database));
    EXPECT_TRUE(add(*database, 2));
}

TEST(Postgres, AConnectionCutWhileIdleIsNotNoticedByAnyone)
{
    test::PostgresServer server;
    const auto database = postgres::open(options(server.conninfo("postgres")));
    sync_wait(database->ping());
    for (int round = 0; round < 5; ++round) {
        // Ends when the cut connections are gone, not only told to go.
        test::run_on_postgres(
            server.conninfo("template1"),
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'postgres'");
        EXPECT_TRUE(add(*database, round));
        sync_wait(database->ping());
    }
}

TEST(Postgres, AConnectionCutInsideATransactionIsUnavailableAndLeavesNothing)
{
    test::PostgresServer server;
    const auto database = postgres::open(options(server.conninfo("postgres")));
    EXPECT_THROW(sync_wait(database->transact([&](Tx& tx) {
                     tx.execute("INSERT INTO row_of (id) VALUES (1)");
                     tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
                 })),
                 Unavailable);
    EXPECT_TRUE(comes_back(*database));
    EXPECT_TRUE(sync_wait(database->read("SELECT id FROM row_of")).empty());
}

TEST(Postgres, AStatementThatTakesTooLongIsUnavailable)
{
    auto limited = options(test::shared_postgres("postgres"));
    limited.statement_limit = std::chrono::milliseconds(100);
    limited.migrations = {};
    const auto database = postgres::open(limited);
    EXPECT_THROW(sync_wait(database->read("SELECT CAST(pg_sleep(30) AS TEXT)")), Unavailable);
    sync_wait(database->read("SELECT 1"));
}

TEST(Postgres, AServerThatIsNotThereIsUnavailable)
{
    const auto database = postgres::open(options("host=/nonexistent dbname=none"));
    EXPECT_THROW(sync_wait(database->ping()), Unavailable);
    const auto nonsense = postgres::open(options("this is no conninfo"));
    EXPECT_THROW(sync_wait(nonsense->ping()), Unavailable);
}

}  // namespace
}  // namespace sallyport::db
