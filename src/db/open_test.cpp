#include "db/open.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace sallyport::db {
namespace {

TEST(Open, TellsTheEnginesApart)
{
    const auto sqlite = parse_location("sqlite:/var/lib/sallyport/data.sqlite");
    ASSERT_TRUE(sqlite);
    EXPECT_EQ(sqlite->engine, Engine::sqlite);
    EXPECT_EQ(sqlite->target, "/var/lib/sallyport/data.sqlite");
    const auto postgres = parse_location("postgres:host=/run/postgresql dbname=sallyport");
    ASSERT_TRUE(postgres);
    EXPECT_EQ(postgres->engine, Engine::postgres);
    EXPECT_EQ(postgres->target, "host=/run/postgresql dbname=sallyport");
    for (const char* wrong : {"", "sqlite:", "mysql:x", "/data.sqlite", "SQLITE:x"}) {
        EXPECT_FALSE(parse_location(wrong)) << wrong;
    }
}

TEST(Open, MakesTheProductsTablesInSqliteOnce)
{
    char name[] = "/tmp/sallyport-db-XXXXXX";
    const std::string folder = ::mkdtemp(name);
    for (int start = 0; start < 2; ++start) {
        const auto database = open(*parse_location("sqlite:" + folder + "/data.sqlite"));
        sync_wait(database->ping());
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sallyport::db
