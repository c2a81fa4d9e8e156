#include "db/database.h"

namespace sallyport::db {

const Value& Rows::at(std::size_t row, std::size_t column) const
{
    CHECK(column < m_columns && row < size());
    return m_cells[row * m_columns + column];
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const
{
    const auto* const value = std::get_if<std::int64_t>(&at(row, column));
    CHECK(value != nullptr);
    return *value;
}

const std::string& Rows::text(std::size_t row, std::size_t column) const
{
    const auto* const value = std::get_if<std::string>(&at(row, column));
    CHECK(value != nullptr);
    return *value;
}

const Bytes& Rows::bytes(std::size_t row, std::size_t column) const
{
    const auto* const value = std::get_if<Bytes>(&at(row, column));
    CHECK(value != nullptr);
    return *value;
}

bool Rows::is_null(std::size_t row, std::size_t column) const
{
    return std::holds_alternative<Null>(at(row, column));
}

}  // namespace sallyport::db
