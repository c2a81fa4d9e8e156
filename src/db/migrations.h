#pragma once
// Forward-only migrations, applied at start under a lock (architecture.md: written in the PostgreSQL words).
#include "db/database.h"

#include <span>
#include <stdexcept>
#include <string_view>

namespace sallyport::db {

struct Migration {
    int version;            // 1, 2, 3 … without gaps
    std::string_view name;  // "0001_accounts"
    std::string_view text;  // statements separated by ';'
};

/// schema/*.sql, embedded at build time, in order.
std::span<const Migration> all_migrations();

/// This binary must not touch this database: it is newer, or its history is another one. Words for the
/// operator.
class MigrationRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What the runner needs of a connection, outside the application's path.
class MigrationSession {
public:
    virtual ~MigrationSession() = default;
    /// Begins a transaction that no other process's runner enters at the same time; waits for it within a
    /// limit.
    virtual void begin_locked() = 0;
    /// One statement in the PostgreSQL words.
    virtual Rows run(std::string_view statement, std::span<const Value> arguments) = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;
};

/// Brings the database to the last of `migrations`, all or nothing. Throws MigrationRefused, Unavailable, or
/// ProgrammingError where a migration's text is wrong.
void apply_migrations(MigrationSession& session, std::span<const Migration> migrations);

/// How many of `migrations` the database lacks; changes nothing. Throws like apply_migrations.
std::size_t pending_migrations(MigrationSession& session, std::span<const Migration> migrations);

/// Splits at ';' outside quotes and comments; comments and empty statements are dropped.
std::vector<std::string> split_statements(std::string_view script);

/// What the ledger keeps of a migration's text: FNV-1a, 64 bits, in hexadecimal. It finds mistakes, not
/// attackers.
std::string text_digest(std::string_view text);

}  // namespace sallyport::db
