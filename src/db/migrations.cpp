#include "db/migrations.h"

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"

namespace sallyport::db {
namespace {

constexpr std::string_view make_ledger = "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT "
                                         "PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)";

/// The end of what begins at `at`: a quoted text, a comment or one character.
std::size_t end_of_token(std::string_view script, std::size_t at)
{
    const auto ends_at = [&](std::string_view closing, std::size_t from) {
        const auto found = script.find(closing, from);
        return found == std::string_view::npos ? script.size() : found + closing.size();
    };
    if (script[at] == '\'' || script[at] == '"') return ends_at(script.substr(at, 1), at + 1);
    if (script.substr(at, 2) == "--") return ends_at("\n", at);
    if (script.substr(at, 2) == "/*") return ends_at("*/", at);
    return at + 1;
}

void verify_history(const Rows& applied, std::span<const Migration> migrations)
{
    if (applied.size() > migrations.size()) {
        const std::size_t last = applied.size() - 1;
        throw MigrationRefused("the database is newer than this binary: it has migration " +
                               applied.text(last, 1) + ", this binary knows " +
                               std::to_string(migrations.size()) +
                               "; start the newer binary, or restore a backup made before it");
    }
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const Migration& ours = migrations[i];
        if (applied.integer(i, 0) != ours.version || applied.text(i, 2) != text_digest(ours.text)) {
            throw MigrationRefused("the database's migration " + applied.text(i, 1) +
                                   " is not the one that this binary knows as " + std::string(ours.name) +
                                   ": its text differs; an applied migration is never edited");
        }
    }
}

/// Of a history that is ours as far as it goes.
std::size_t count_applied(MigrationSession& session, std::span<const Migration> migrations)
{
    for (std::size_t i = 0; i < migrations.size(); ++i)
        CHECK(migrations[i].version == static_cast<int>(i) + 1);
    session.run(make_ledger, {});
    const Rows applied =
        session.run("SELECT version, name, digest FROM schema_migrations ORDER BY version", {});
    verify_history(applied, migrations);
    return applied.size();
}

}  // namespace

std::size_t pending_migrations(MigrationSession& session, std::span<const Migration> migrations)
{
    session.begin_locked();
    try {
        const std::size_t applied = count_applied(session, migrations);
        session.rollback();
        return migrations.size() - applied;
    } catch (...) {
        session.rollback();
        throw;
    }
}

std::vector<std::string> split_statements(std::string_view script)
{
    std::vector<std::string> statements;
    std::string statement;
    const auto finish = [&] {
        const auto trimmed = trim(statement);
        if (!trimmed.empty()) statements.emplace_back(trimmed);
        statement.clear();
    };
    for (std::size_t at = 0; at < script.size();) {
        const std::size_t end = end_of_token(script, at);
        const auto token = script.substr(at, end - at);
        if (token == ";")
            finish();
        else if (token.starts_with("--") || token.starts_with("/*"))
            statement += '\n';
        else
            statement += token;
        at = end;
    }
    finish();
    return statements;
}

std::string text_digest(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char byte : as_bytes(text)) hash = (hash ^ byte) * 0x100000001b3;
    Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(hash >> shift));
    return to_hex(bytes);
}

void apply_migrations(MigrationSession& session, std::span<const Migration> migrations)
{
    session.begin_locked();
    try {
        const std::size_t applied = count_applied(session, migrations);
        for (const Migration& migration : migrations.subspan(applied)) {
            for (const std::string& statement : split_statements(migration.text)) session.run(statement, {});
            const std::vector<Value> row{std::int64_t{migration.version}, std::string(migration.name),
                                         text_digest(migration.text)};
            session.run("INSERT INTO schema_migrations (version, name, digest) VALUES ($1, $2, $3)", row);
            log::write(log::Level::info, "migration_applied", {{"name", migration.name}});
        }
        session.commit();
    } catch (...) {
        session.rollback();
        throw;
    }
}

}  // namespace sallyport::db
