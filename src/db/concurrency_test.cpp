// Many at once, on both engines: nothing is lost, nothing is counted twice, no anomaly gets through.
#include "support/engines.h"
#include "support/failing_database.h"

#include "base/check.h"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

namespace sallyport::db {
namespace {

constexpr Migration tables{1, "0001_test", R"(
CREATE TABLE counter (name TEXT PRIMARY KEY, total BIGINT NOT NULL);
CREATE TABLE row_of (id BIGINT PRIMARY KEY);
)"};

void in_parallel(int threads, const std::function<void(int)>& run)
{
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&run, i] { run(i); });
}

class Concurrency : public testing::TestWithParam<test::Engine> {
protected:
    std::int64_t total(Database& database)
    {
        return sync_wait(database.read("SELECT total FROM counter WHERE name = 'n'")).integer(0, 0);
    }
    std::int64_t rows() { return sync_wait(m_database.read("SELECT COUNT(*) FROM row_of")).integer(0, 0); }

    test::FreshDatabase m_fresh = GetParam().make(std::span(&tables, 1));
    Database& m_database = m_fresh.database();
};
INSTANTIATE_TEST_SUITE_P(Engines, Concurrency, testing::ValuesIn(test::engines()),
                         [](const auto& info) { return info.param.name; });

constexpr Sql bump_counter = "INSERT INTO counter (name, total) VALUES ('n', 1) "
                             "ON CONFLICT (name) DO UPDATE SET total = counter.total + 1 RETURNING total";

TEST_P(Concurrency, ThirtyTwoClientsBumpOneCounterExactly)
{
    constexpr int clients = 32;
    constexpr int times = 25;
    std::vector<std::atomic<int>> seen(clients * times + 1);
    in_parallel(clients, [&](int) {
        for (int i = 0; i < times; ++i) {
            const Rows rows_back = sync_wait(m_database.bump(bump_counter));
            ++seen[static_cast<std::size_t>(rows_back.integer(0, 0))];
        }
    });
    EXPECT_EQ(total(m_database), clients * times);
    for (std::size_t i = 1; i < seen.size(); ++i)
        EXPECT_EQ(seen[i], 1) << i;  // each number was given out once
}

TEST_P(Concurrency, TwoProcessesBumpOneCounterExactly)
{
    const auto other = m_fresh.open_again();
    in_parallel(8, [&](int client) {
        Database& database = client % 2 == 0 ? m_database : *other;
        for (int i = 0; i < 25; ++i) sync_wait(database.bump(bump_counter));
    });
    EXPECT_EQ(total(m_database), 8 * 25);
}

TEST_P(Concurrency, ReadThenWriteIsRunAgainUntilItIsRight)
{
    sync_wait(m_database.bump(bump_counter));
    in_parallel(16, [&](int) {
        for (int i = 0; i < 5; ++i) {
            sync_wait(m_database.transact([](Tx& tx) {
                const auto before = tx.query("SELECT total FROM counter WHERE name = 'n'").integer(0, 0);
                tx.execute("UPDATE counter SET total = $1 WHERE name = 'n'", before + 1);
            }));
        }
    });
    EXPECT_EQ(total(m_database), 1 + 16 * 5);
}

TEST_P(Concurrency, RefusesWriteSkew)
{
    // Two are on duty; each may leave if another stays. Under mere snapshots both would leave.
    sync_wait(m_database.transact(
        [](Tx& tx) { tx.execute("INSERT INTO counter (name, total) VALUES ('a', 1), ('b', 1)"); }));
    std::latch both_have_looked(2);
    const bool side_by_side = GetParam().kind == Engine::postgres;  // SQLite runs them one after the other
    std::atomic<int> left = 0;
    std::atomic<int> attempts = 0;
    in_parallel(2, [&](int who) {
        bool first = true;
        const bool leaves = sync_wait(m_database.transact([&](Tx& tx) {
            ++attempts;
            const bool may = tx.query("SELECT SUM(total) FROM counter").integer(0, 0) > 1;
            if (side_by_side && std::exchange(first, false)) both_have_looked.arrive_and_wait();
            if (may) tx.execute("UPDATE counter SET total = 0 WHERE name = $1", who == 0 ? "a" : "b");
            return may;
        }));
        left += leaves ? 1 : 0;
    });
    EXPECT_EQ(left, 1);
    // PostgreSQL may refuse the loser again while the winner's locks are still remembered.
    if (side_by_side)
        EXPECT_GE(attempts, 3) << "both left in one go each";
    else
        EXPECT_EQ(attempts, 2);
    EXPECT_EQ(sync_wait(m_database.read("SELECT SUM(total) FROM counter")).integer(0, 0), 1);
}

TEST_P(Concurrency, AFailingWorkHarmsNoneOfThoseBesideIt)
{
    constexpr int writers = 48;
    std::atomic<int> failed = 0;
    in_parallel(writers, [&](int id) {
        try {
            sync_wait(m_database.transact([&](Tx& tx) {
                tx.execute("INSERT INTO row_of (id) VALUES ($1)", id);
                if (id % 3 == 0) throw std::out_of_range("no");
                if (id % 3 == 1) tx.execute("INSERT INTO row_of (id) VALUES ($1)", id);
            }));
        } catch (const std::out_of_range&) {
            ++failed;
        } catch (const ConstraintViolation&) {
            ++failed;
        }
    });
    EXPECT_EQ(failed, 2 * writers / 3);
    EXPECT_EQ(rows(), writers / 3);
}

TEST_P(Concurrency, ManyReadersEachGetTheirOwnAnswer)
{
    sync_wait(m_database.transact([](Tx& tx) {
        for (int i = 0; i < 100; ++i) tx.execute("INSERT INTO row_of (id) VALUES ($1)", i);
    }));
    std::atomic<int> wrong = 0;
    in_parallel(24, [&](int reader) {
        for (int i = 0; i < 50; ++i) {
            const int id = (reader * 7 + i) % 110;
            try {
                const Rows found =
                    id == 105 ? sync_wait(m_database.read("SELECT id FROM missing_table"))
                              : sync_wait(m_database.read("SELECT id FROM row_of WHERE id = $1", id));
                const bool right = id < 100 ? found.size() == 1 && found.integer(0, 0) == id : found.empty();
                if (!right || id == 105) ++wrong;
            } catch (const ProgrammingError&) {
                if (id != 105) ++wrong;  // an error in the pipeline is for its own statement only
            }
        }
    });
    EXPECT_EQ(wrong, 0);
}

TEST_P(Concurrency, FailsTheCallThatTheTestNames)
{
    test::FailingDatabase failing(m_database);
    const auto add = [&](int id) {
        sync_wait(failing.transact([id](Tx& tx) { tx.execute("INSERT INTO row_of (id) VALUES ($1)", id); }));
    };
    failing.fail_call(2);
    add(1);
    EXPECT_THROW(add(2), Unavailable);
    add(3);
    EXPECT_EQ(failing.calls(), 3U);
    EXPECT_EQ(rows(), 2);
    failing.fail_call(1, test::FailingDatabase::When::after);
    EXPECT_THROW(add(4), Unavailable);
    EXPECT_EQ(rows(), 3);
    failing.fail_call(1);
    EXPECT_THROW(sync_wait(failing.read("SELECT 1")), Unavailable);
    failing.fail_call(1);
    EXPECT_THROW(sync_wait(failing.bump(bump_counter)), Unavailable);
}

}  // namespace
}  // namespace sallyport::db
