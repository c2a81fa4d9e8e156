#include "support/engines.h"

#include "base/check.h"
#include "db/postgres/postgres.h"
#include "db/sqlite/sqlite.h"
#include "support/postgres_server.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace sallyport::db::test {

FreshDatabase::FreshDatabase(Location location, std::span<const Migration> migrations,
                             std::function<void()> remove)
    : m_location(std::move(location)), m_migrations(migrations), m_remove(std::move(remove)),
      m_database(open_for_test(m_location, m_migrations))
{
}

FreshDatabase::~FreshDatabase()
{
    m_database.reset();
    m_remove();
}

std::unique_ptr<Database> FreshDatabase::open_again() const
{
    return open_for_test(m_location, m_migrations);
}

std::unique_ptr<Database> FreshDatabase::open_again(std::span<const Migration> migrations) const
{
    return open_for_test(m_location, migrations);
}

std::unique_ptr<Database> open_for_test(const Location& location, std::span<const Migration> migrations)
{
    switch (location.engine) {
    case db::Engine::sqlite: {
        sqlite::Options options;
        options.path = location.target;
        options.migrations = migrations;
        return sqlite::open(std::move(options));
    }
    case db::Engine::postgres: {
        postgres::Options options;
        options.conninfo = location.target;
        options.migrations = migrations;
        options.connections = 4;
        options.read_connections = 1;
        return postgres::open(std::move(options));
    }
    }
    throw std::logic_error("no such engine");
}

FreshDatabase Engine::make(std::span<const Migration> migrations) const
{
    if (kind == db::Engine::sqlite) {
        char pattern[] = "/tmp/sallyport-db-XXXXXX";
        if (::mkdtemp(pattern) == nullptr) throw std::runtime_error("cannot make a temporary folder");
        const std::string folder = pattern;
        return {Location{kind, folder + "/data.sqlite"}, migrations,
                [folder] { std::filesystem::remove_all(folder); }};
    }
    static std::atomic<int> made = 0;
    const std::string database = "t_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    run_on_postgres(shared_postgres("postgres"), "CREATE DATABASE " + database + " TEMPLATE template0");
    return {Location{kind, shared_postgres(database)}, migrations, [database] {
                run_on_postgres(shared_postgres("postgres"), "DROP DATABASE " + database + " WITH (FORCE)");
            }};
}

std::vector<Engine> engines() { return {{"sqlite", db::Engine::sqlite}, {"postgres", db::Engine::postgres}}; }

}  // namespace sallyport::db::test
