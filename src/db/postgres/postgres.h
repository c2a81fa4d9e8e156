#pragma once
// PostgreSQL as a Database: threads with a connection each for transactions, and pipelined connections for
// reads.
#include "db/database.h"
#include "db/migrations.h"

#include <chrono>
#include <memory>

namespace sallyport::db::postgres {

struct Options {
    std::string conninfo;           // libpq section 34.1.1; may hold a password: never logged
    unsigned connections = 8;       // for transactions and hot counters, a thread each
    unsigned read_connections = 2;  // for single reads, a thread each
    std::size_t pipeline_max = 32;  // reads under way in one connection
    std::size_t queue_max = 4096;   // requests that wait, for transactions and for reads each
    unsigned attempts_max = 40;     // of one transaction that the engine wants again
    std::chrono::milliseconds connect_limit{5000};
    std::chrono::milliseconds statement_limit{10000};
    std::chrono::milliseconds silence_limit{15000};  // more than statement_limit: the server answers first
    std::chrono::milliseconds reconnect_pause_max{500};
    std::chrono::milliseconds migration_limit{
        std::chrono::minutes(10)};  // of one statement, or of waiting for another's
    std::span<const Migration> migrations = all_migrations();
};

/// Throws MigrationRefused. A server out of reach is not an error here: each call is Unavailable until it is
/// back.
std::unique_ptr<Database> open(Options options);

/// How many migrations `open` would apply; changes nothing. Throws MigrationRefused or Unavailable.
std::size_t pending_migrations(const Options& options);

}  // namespace sallyport::db::postgres
