#pragma once
// Migrations in the words of SQLite.
#include <string>
#include <string_view>

namespace sallyport::db::sqlite {

/// BYTEA becomes BLOB and BIGINT becomes INTEGER, as words outside quotes; a CREATE TABLE is made STRICT, so
/// that SQLite too refuses a text in a column of numbers (sqlite.org/stricttables.html).
std::string to_sqlite_words(std::string_view statement);

}  // namespace sallyport::db::sqlite
