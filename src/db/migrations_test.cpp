#include "db/migrations.h"

#include "base/check.h"
#include "db/sqlite/dialect.h"
#include "support/engines.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

namespace sallyport::db {
namespace {

constexpr std::array<Migration, 2> two{{
    {1, "0001_first", "CREATE TABLE one (id BIGINT PRIMARY KEY, raw BYTEA);\n"},
    {2, "0002_second",
     "ALTER TABLE one ADD COLUMN more BIGINT NOT NULL DEFAULT 7;\nCREATE INDEX one_more ON one (more);\n"},
}};
constexpr auto first_only = std::span(two).first(1);

class Migrations : public testing::TestWithParam<test::Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, Migrations, testing::ValuesIn(test::engines()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Migrations, GoForwardAndKeepTheRows)
{
    auto fresh = GetParam().make(first_only);
    sync_wait(fresh.database().transact([](Tx& tx) { tx.execute("INSERT INTO one (id) VALUES (1)"); }));
    const auto later = fresh.open_again(two);
    EXPECT_EQ(sync_wait(later->read("SELECT more FROM one")).integer(0, 0), 7);
    const auto again = fresh.open_again(two);  // nothing left to do
    sync_wait(again->ping());
}

TEST_P(Migrations, ANewerDatabaseIsRefusedInWords)
{
    const auto fresh = GetParam().make(two);
    try {
        const auto opened = fresh.open_again(first_only);
        FAIL() << "opened";
    } catch (const MigrationRefused& refused) {
        EXPECT_NE(std::string(refused.what()).find("newer than this binary"), std::string::npos);
        EXPECT_NE(std::string(refused.what()).find("0002_second"), std::string::npos);
    }
}

TEST_P(Migrations, AnEditedMigrationIsRefused)
{
    const auto fresh = GetParam().make(first_only);
    const Migration edited{1, "0001_first", "CREATE TABLE one (id BIGINT PRIMARY KEY);\n"};
    EXPECT_THROW(static_cast<void>(fresh.open_again(std::span(&edited, 1))), MigrationRefused);
}

TEST_P(Migrations, AMigrationThatFailsLeavesNothing)
{
    const auto fresh = GetParam().make(first_only);
    const std::array<Migration, 2> wrong{
        {two[0], {2, "0002_wrong", "CREATE TABLE kept (id BIGINT);\nNONSENSE;\n"}}};
    EXPECT_THROW(static_cast<void>(fresh.open_again(wrong)), ProgrammingError);
    const auto database = fresh.open_again(first_only);
    EXPECT_THROW(sync_wait(database->read("SELECT id FROM kept")), ProgrammingError);
}

TEST_P(Migrations, ProcessesThatStartTogetherMigrateOnce)
{
    const auto fresh = GetParam().make({});
    std::atomic<int> opened = 0;
    {
        std::vector<std::jthread> starting;
        for (int i = 0; i < 4; ++i) {
            starting.emplace_back([&] {
                sync_wait(fresh.open_again(two)->ping());
                ++opened;
            });
        }
    }
    EXPECT_EQ(opened, 4);
    EXPECT_EQ(sync_wait(fresh.open_again(two)->read("SELECT COUNT(*) FROM schema_migrations")).integer(0, 0),
              2);
}

TEST_P(Migrations, TheProductsTablesAreOneDialect)
{
    auto fresh = GetParam().make();
    const Rows ledger =
        sync_wait(fresh.database().read("SELECT version, name FROM schema_migrations ORDER BY version"));
    ASSERT_EQ(ledger.size(), all_migrations().size());
    EXPECT_EQ(ledger.text(0, 1), all_migrations()[0].name);
}

TEST_P(Migrations, AreCountedWithoutApplyingThem)
{
    auto fresh = GetParam().make({});
    const std::size_t all = all_migrations().size();
    EXPECT_EQ(pending_migrations(fresh.location()), all);
    EXPECT_EQ(pending_migrations(fresh.location()), all) << "nothing was changed by looking";
    EXPECT_EQ(sync_wait(fresh.database().read("SELECT COUNT(*) FROM schema_migrations")).integer(0, 0), 0);
    auto current = GetParam().make();
    EXPECT_EQ(pending_migrations(current.location()), 0U);
    const auto strange = GetParam().make(two);
    EXPECT_THROW(static_cast<void>(pending_migrations(strange.location())), MigrationRefused);
}

TEST(MigrationsOfNothing, AreAllAndMakeNoFile)
{
    const auto file = std::filesystem::temp_directory_path() / "sallyport-never-made.db";
    EXPECT_EQ(pending_migrations({Engine::sqlite, file.string()}), all_migrations().size());
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_THROW(static_cast<void>(pending_migrations({Engine::postgres, "host=/nowhere dbname=none"})),
                 Unavailable);
}

TEST(MigrationText, SplitsOutsideQuotesAndComments)
{
    const auto statements = split_statements(
        "-- one; two\nCREATE TABLE a (b TEXT DEFAULT ';''x');\n/* ; */ SELECT \";\" ;\n;\nSELECT 2");
    ASSERT_EQ(statements.size(), 3U);
    EXPECT_EQ(statements[0], "CREATE TABLE a (b TEXT DEFAULT ';''x')");
    EXPECT_EQ(statements[1], "SELECT \";\"");
    EXPECT_EQ(statements[2], "SELECT 2");
    EXPECT_TRUE(split_statements("-- only words\n").empty());
    EXPECT_EQ(split_statements("SELECT 'open").size(), 1U);
}

TEST(MigrationText, BecomesSqlitesWords)
{
    EXPECT_EQ(sqlite::to_sqlite_words("CREATE TABLE a (b BIGINT, c bytea, bigint_d TEXT DEFAULT 'BYTEA')"),
              "CREATE TABLE a (b INTEGER, c BLOB, bigint_d TEXT DEFAULT 'BYTEA') STRICT");
    EXPECT_EQ(sqlite::to_sqlite_words("ALTER TABLE a ADD COLUMN e BYTEA"), "ALTER TABLE a ADD COLUMN e BLOB");
    EXPECT_EQ(sqlite::to_sqlite_words("create table if not exists x (y BIGINT)"),
              "create table if not exists x (y INTEGER) STRICT");
    EXPECT_EQ(sqlite::to_sqlite_words("CREATE UNIQUE INDEX i ON a (b)"), "CREATE UNIQUE INDEX i ON a (b)");
}

TEST(MigrationText, DigestsAsFnv1a)
{
    EXPECT_EQ(text_digest(""), "cbf29ce484222325");  // the published vectors of FNV-1a, 64 bits
    EXPECT_EQ(text_digest("a"), "af63dc4c8601ec8c");
    EXPECT_EQ(text_digest("foobar"), "85944171f73967e8");
}

}  // namespace
}  // namespace sallyport::db
