#include "db/sqlite/sqlite.h"

#include "base/check.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <latch>
#include <mutex>
#include <set>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

namespace sallyport::db {
namespace {

constexpr Migration notes{1, "0001_notes",
                          "CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL UNIQUE);\n"};

class Sqlite : public testing::Test {
protected:
    Sqlite()
    {
        char folder[] = "/tmp/sallyport-db-XXXXXX";
        m_folder = ::mkdtemp(folder);
    }
    ~Sqlite() override { std::filesystem::remove_all(m_folder); }
    [[nodiscard]] sqlite::Options options() const
    {
        sqlite::Options options;
        options.path = m_folder + "/data.sqlite";
        options.migrations = std::span(&notes, 1);
        return options;
    }
    std::string m_folder;
};

TEST_F(Sqlite, KeepsTheFileToItsOwner)
{
    const auto database = sqlite::open(options());
    sync_wait(database->transact(
        [](Tx& tx) { tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", 1, "a"); }));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat status{};
        ASSERT_EQ(::stat((options().path + suffix).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
    }
}

TEST_F(Sqlite, WritesAndReads)
{
    const auto database = sqlite::open(options());
    const auto changed = sync_wait(database->transact(
        [](Tx& tx) { return tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", 1, "first"); }));
    EXPECT_EQ(changed, 1);
    const Rows rows = sync_wait(database->read("SELECT body FROM note WHERE id = $1", 1));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.text(0, 0), "first");
    sync_wait(database->ping());
}

bool add(Database& database, std::int64_t id, const std::string& body)
{
    try {
        sync_wait(database.transact(
            [&](Tx& tx) { tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", id, body); }));
        return true;
    } catch (const Unavailable&) {
        return false;
    }
}

std::int64_t notes_in(Database& database)
{
    return sync_wait(database.read("SELECT COUNT(*) FROM note")).integer(0, 0);
}

/// What happened to ten transactions that waited together: "r" for run, "d" for done.
std::string order_of_ten(Database& database)
{
    std::mutex mutex;
    std::string events;
    std::latch begun(1);
    std::latch queued(1);
    std::latch all_done(11);
    const auto note = [&](char event) {
        const std::lock_guard lock(mutex);
        events += event;
    };
    database.submit(
        [&](Tx&) {
            begun.count_down();
            queued.wait();
        },
        [&](const std::exception_ptr&) { all_done.count_down(); });
    begun.wait();
    for (int i = 0; i < 10; ++i) {
        database.submit([&](Tx&) { note('r'); },
                        [&](const std::exception_ptr&) {
                            note('d');
                            all_done.count_down();
                        });
    }
    queued.count_down();
    all_done.wait();
    return events;
}

TEST_F(Sqlite, CommitsThoseWhoWaitInOneGroup)
{
    const auto database = sqlite::open(options());
    EXPECT_EQ(order_of_ten(*database), "rrrrrrrrrrdddddddddd");
}

TEST_F(Sqlite, CommitsOneByOneWhereToldTo)
{
    auto single = options();
    single.group_max = 1;
    const auto database = sqlite::open(single);
    EXPECT_EQ(order_of_ten(*database), "rdrdrdrdrdrdrdrdrdrd");
}

TEST_F(Sqlite, RefusesAtOnceWhatItsQueueDoesNotHold)
{
    auto narrow = options();
    narrow.queue_max = 2;
    const auto database = sqlite::open(narrow);
    std::latch begun(1);
    std::latch released(1);
    std::latch all_done(3);
    const auto done = [&](const std::exception_ptr&) { all_done.count_down(); };
    database->submit(
        [&](Tx&) {
            begun.count_down();
            released.wait();
        },
        done);
    begun.wait();
    database->submit([](Tx&) {}, done);
    database->submit([](Tx&) {}, done);
    EXPECT_THROW(sync_wait(database->transact([](Tx&) {})), Unavailable);
    released.count_down();
    all_done.wait();
    sync_wait(database->transact([](Tx&) {}));
}

TEST_F(Sqlite, AFullDatabaseIsUnavailableUntilThereIsRoom)
{
    auto small = options();
    small.pages_max = 40;
    const auto database = sqlite::open(small);
    std::int64_t kept = 0;
    while (add(*database, kept, std::string(4000, 'x') + std::to_string(kept))) ++kept;
    ASSERT_GT(kept, 5);
    EXPECT_FALSE(add(*database, kept, std::string(4000, 'x')));
    EXPECT_EQ(notes_in(*database), kept);
    sync_wait(database->transact([](Tx& tx) { tx.execute("DELETE FROM note WHERE id < 3"); }));
    EXPECT_TRUE(add(*database, 1000, "there is room"));
    EXPECT_EQ(notes_in(*database), kept - 2);
}

/// While it lives, a file that grows beyond the limit gets EFBIG from write(2), like a disk that is full.
class FilesAtMost {
public:
    explicit FilesAtMost(rlim_t bytes) : m_handler(::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FilesAtMost()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        ::signal(SIGXFSZ, m_handler);
    }
    FilesAtMost(const FilesAtMost&) = delete;
    FilesAtMost& operator=(const FilesAtMost&) = delete;

private:
    rlimit m_before{};
    void (*m_handler)(int);
};

TEST_F(Sqlite, ADiskThatTakesNoMoreLosesNothingAndRecovers)
{
    const auto database = sqlite::open(options());
    ASSERT_TRUE(add(*database, 1, "before"));
    ASSERT_EQ(notes_in(*database), 1);
    {
        const FilesAtMost limit(64 * 1024);
        EXPECT_FALSE(add(*database, 2, std::string(100'000, 'y')));
        EXPECT_FALSE(add(*database, 3, std::string(100'000, 'z')));
        EXPECT_EQ(notes_in(*database), 1);
    }
    EXPECT_TRUE(add(*database, 4, std::string(100'000, 'w')));
    EXPECT_EQ(notes_in(*database), 2);
    EXPECT_EQ(notes_in(*sqlite::open(options())), 2);
}

TEST_F(Sqlite, AnotherProcesssLockIsWaitedForAndThenUnavailable)
{
    auto hasty = options();
    hasty.busy_limit = std::chrono::milliseconds(30);
    const auto database = sqlite::open(hasty);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(hasty.path.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_FALSE(add(*database, 1, "locked out"));
    EXPECT_EQ(notes_in(*database), 0);  // readers go on
    ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
    EXPECT_TRUE(add(*database, 1, "let in"));
}

TEST_F(Sqlite, AFolderThatIsNotThereAtStartMayComeLater)
{
    auto missing = options();
    missing.path = m_folder + "/later/data.sqlite";
    const auto database = sqlite::open(missing);
    EXPECT_THROW(sync_wait(database->ping()), Unavailable);
    EXPECT_FALSE(add(*database, 1, "nowhere"));
    std::filesystem::create_directory(m_folder + "/later");
    EXPECT_TRUE(add(*database, 1, "here"));
    sync_wait(database->ping());
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsUnavailable)
{
    const auto file = options().path;
    FILE* const garbage = std::fopen(file.c_str(), "w");
    for (int i = 0; i < 1000; ++i) std::fputs("this is no database ", garbage);
    std::fclose(garbage);
    const auto database = sqlite::open(options());
    EXPECT_FALSE(add(*database, 1, "x"));
    EXPECT_THROW(sync_wait(database->ping()), Unavailable);
}

TEST_F(Sqlite, ClosingTellsThoseWhoWait)
{
    std::atomic<int> told = 0;
    {
        const auto database = sqlite::open(options());
        for (int i = 0; i < 50; ++i) {
            database->submit([](Tx&) {}, [&](const std::exception_ptr&) { ++told; });
        }
    }
    EXPECT_EQ(told, 50);
}

}  // namespace
}  // namespace sallyport::db
