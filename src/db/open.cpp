#include "db/open.h"

#include "base/check.h"
#include "db/postgres/postgres.h"
#include "db/sqlite/sqlite.h"

namespace sallyport::db {

std::optional<Location> parse_location(std::string_view text)
{
    constexpr std::string_view sqlite_scheme = "sqlite:";
    constexpr std::string_view postgres_scheme = "postgres:";
    if (text.starts_with(sqlite_scheme) && text.size() > sqlite_scheme.size()) {
        return Location{Engine::sqlite, std::string(text.substr(sqlite_scheme.size()))};
    }
    if (text.starts_with(postgres_scheme)) {
        return Location{Engine::postgres, std::string(text.substr(postgres_scheme.size()))};
    }
    return std::nullopt;
}

namespace {

sqlite::Options sqlite_options(const Location& location)
{
    sqlite::Options options;
    options.path = location.target;
    return options;
}
postgres::Options postgres_options(const Location& location)
{
    postgres::Options options;
    options.conninfo = location.target;
    return options;
}

}  // namespace

std::unique_ptr<Database> open(const Location& location)
{
    switch (location.engine) {
    case Engine::sqlite: return sqlite::open(sqlite_options(location));
    case Engine::postgres: return postgres::open(postgres_options(location));
    }
    check_failed("a known engine", std::source_location::current());
}

std::size_t pending_migrations(const Location& location)
{
    switch (location.engine) {
    case Engine::sqlite: return sqlite::pending_migrations(sqlite_options(location));
    case Engine::postgres: return postgres::pending_migrations(postgres_options(location));
    }
    check_failed("a known engine", std::source_location::current());
}

}  // namespace sallyport::db
