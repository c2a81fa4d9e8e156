#include "db/sqlite/dialect.h"

#include <algorithm>

namespace sallyport::db::sqlite {
namespace {

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string upper(std::string_view word)
{
    std::string result(word);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

}  // namespace

std::string to_sqlite_words(std::string_view statement)
{
    std::string result;
    std::string first_words;  // enough to know a CREATE TABLE
    for (std::size_t at = 0; at < statement.size();) {
        std::size_t end = at + 1;
        if (statement[at] == '\'' || statement[at] == '"') {
            const auto closing = statement.find(statement[at], end);
            end = closing == std::string_view::npos ? statement.size() : closing + 1;
        } else if (is_word(statement[at])) {
            while (end < statement.size() && is_word(statement[end])) ++end;
        }
        const auto token = statement.substr(at, end - at);
        const std::string word = upper(token);
        if (word == "BYTEA")
            result += "BLOB";
        else if (word == "BIGINT")
            result += "INTEGER";
        else
            result += token;
        if (is_word(token.front()) && first_words.size() < 16) first_words += word + ' ';
        at = end;
    }
    if (first_words.starts_with("CREATE TABLE ")) result += " STRICT";
    return result;
}

}  // namespace sallyport::db::sqlite
