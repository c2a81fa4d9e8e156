#include "db/postgres/wire.h"

#include "base/check.h"

#include <array>
#include <limits>

namespace sallyport::db::postgres {
namespace {

// src/include/catalog/pg_type.dat
constexpr Oid bool_type = 16;
constexpr Oid bytea_type = 17;
constexpr Oid name_type = 19;
constexpr Oid int8_type = 20;
constexpr Oid int2_type = 21;
constexpr Oid int4_type = 23;
constexpr Oid text_type = 25;
constexpr Oid varchar_type = 1043;
constexpr Oid void_type = 2278;
constexpr Oid numeric_type = 1700;

std::int64_t read_integer(std::string_view bytes)
{
    CHECK(!bytes.empty() && bytes.size() <= 8);
    std::uint64_t number = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char byte : bytes) number = (number << 8) | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(number);
}

/// numeric_send: counts of digits in base 10,000, weight of the first, sign, decimals, digits; 16 bits each.
std::int64_t read_whole_numeric(std::string_view bytes)
{
    constexpr std::int64_t base = 10'000;
    constexpr std::int64_t negative = 0x4000;
    const auto field = [&](std::size_t index) { return read_integer(bytes.substr(index * 2, 2)); };
    CHECK(bytes.size() >= 8 && bytes.size() == 8 + static_cast<std::size_t>(field(0)) * 2);
    const std::int64_t digits = field(0);
    const std::int64_t weight = field(1);
    CHECK(field(2) == 0 || field(2) == negative);  // not NaN, not infinite
    std::int64_t number = 0;
    CHECK(digits <= weight + 1);  // no fraction
    for (std::int64_t i = 0; i < (digits == 0 ? 0 : weight + 1); ++i) {
        const std::int64_t digit = i < digits ? field(4 + static_cast<std::size_t>(i)) : 0;
        CHECK(number >= (std::numeric_limits<std::int64_t>::min() + digit) / base);
        number = number * base - digit;  // downwards: the smallest number has no positive twin
    }
    if (field(2) == negative) return number;
    CHECK(number != std::numeric_limits<std::int64_t>::min());
    return -number;
}

}  // namespace

Oid parameter_type(const Value& value) noexcept
{
    constexpr std::array types{int8_type, text_type, bytea_type};
    static_assert(static_cast<int>(Type::integer) == 0 && static_cast<int>(Type::bytes) == 2);
    if (const auto* const null = std::get_if<Null>(&value))
        return types[static_cast<std::size_t>(null->type)];
    return types[value.index() - 1];
}

Value decode(Oid type, std::string_view bytes)
{
    switch (type) {
    case bool_type:
    case int2_type:
    case int4_type:
    case int8_type: return read_integer(bytes);
    case numeric_type: return read_whole_numeric(bytes);
    case name_type:
    case varchar_type:
    case void_type:
    case text_type: return std::string(bytes);
    case bytea_type: return to_bytes(bytes);
    }
    check_failed("a column type of the SQL subset", std::source_location::current());
}

Value decode_null(Oid type) noexcept
{
    switch (type) {
    case bytea_type: return null_bytes;
    case bool_type:
    case int2_type:
    case int4_type:
    case int8_type:
    case numeric_type: return null_integer;
    }
    return null_text;
}

std::array<char, 8> encode(std::int64_t number) noexcept
{
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (56 - 8 * i));
    }
    return bytes;
}

}  // namespace sallyport::db::postgres
