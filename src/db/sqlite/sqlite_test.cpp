#include "db/sqlite/sqlite.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace sallyport::db {
namespace {

constexpr Migration notes{1, "0001_notes", "CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL UNIQUE);\n"};

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
    sync_wait(database->transact([](Tx& tx) { tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", 1, "a"); }));
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

}  // namespace
}  // namespace sallyport::db
