#pragma once
// Forward-only migrations, applied at start under a lock (architecture.md: written in the PostgreSQL words).
#include <span>
#include <string_view>

namespace sallyport::db {

struct Migration {
    int version;            // 1, 2, 3 … without gaps
    std::string_view name;  // "0001_accounts"
    std::string_view text;  // statements separated by ';' at the end of a line
};

/// schema/*.sql, embedded at build time, in order.
std::span<const Migration> all_migrations();

}  // namespace sallyport::db
