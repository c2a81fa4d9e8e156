#pragma once
// SQLite as a Database: one thread that writes and commits in groups, and threads that read.
#include "db/database.h"
#include "db/migrations.h"

#include <chrono>
#include <memory>

namespace sallyport::db::sqlite {

struct Options {
    std::string path;
    unsigned readers = 2;          // threads, one connection each
    std::size_t group_max = 128;   // transactions that share one COMMIT; 1 commits them one by one
    std::size_t queue_max = 4096;  // requests that wait, for the writer and for the readers each
    std::chrono::milliseconds busy_limit{5000};  // how long another process's lock is waited for
    std::int64_t pages_max = 0;                  // 0: as many as the disk takes
    std::span<const Migration> migrations = all_migrations();
};

/// Throws MigrationRefused. A file out of reach is not an error here: each call is Unavailable until it is
/// back.
std::unique_ptr<Database> open(Options options);

/// How many migrations `open` would apply; changes nothing. Throws MigrationRefused or Unavailable.
std::size_t pending_migrations(const Options& options);

}  // namespace sallyport::db::sqlite
