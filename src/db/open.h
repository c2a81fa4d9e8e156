#pragma once
// Where the database is, as the configuration says it, and opening it.
#include "db/database.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::db {

enum class Engine : std::uint8_t { sqlite, postgres };

struct Location {
    Engine engine;
    std::string target;  // a path, or a libpq connection string (may hold a password: never logged)
};

/// "sqlite:PATH" or "postgres:CONNINFO" (libpq's key=value form or its URI without the scheme's repetition:
/// "postgres:postgresql://…"); nullopt for anything else.
std::optional<Location> parse_location(std::string_view text);

/// Opens and migrates. Throws MigrationRefused with words for the operator. An engine out of reach is not an
/// error here: the calls are Unavailable until it is back, and the migrations run then.
std::unique_ptr<Database> open(const Location& location);

/// How many migrations a start would apply: all of them where there is nothing yet. Changes nothing. Throws
/// MigrationRefused, or Unavailable where the engine is out of reach.
std::size_t pending_migrations(const Location& location);

}  // namespace sallyport::db
