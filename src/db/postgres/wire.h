#pragma once
// Values in PostgreSQL's binary formats (server source, src/backend/utils/adt: *send and *recv; big-endian).
#include "db/database.h"

#include <string_view>

namespace sallyport::db::postgres {

using Oid = unsigned int;

/// The type that a parameter of this value is declared with: int8, text or bytea.
Oid parameter_type(const Value& value) noexcept;

/// A cell of a result. int2, int4, int8 and whole numerics (what SUM of int8 gives) become integers, booleans
/// 0 or 1. CHECKs that the column is of a type in the SQL subset.
Value decode(Oid type, std::string_view bytes);
Value decode_null(Oid type) noexcept;

/// Eight bytes, big-endian.
std::array<char, 8> encode(std::int64_t number) noexcept;

}  // namespace sallyport::db::postgres
