#include "db/sqlite/connection.h"

#include "base/check.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::db::sqlite {
namespace {

/// Before SQLite makes it with the process's umask; the WAL and its index take the mode of the file.
void make_private_file(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        ::close(file);
        return;
    }
    // Opening and closing a file that is there would drop this process's locks on it (fcntl(2)): only chmod
    // by name.
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) ::chmod(path.c_str(), 0600);
}

Value column_value(sqlite3_stmt* statement, int column)
{
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_TEXT:
        return std::string(static_cast<const char*>(sqlite3_column_blob(statement, column)), size);
    case SQLITE_BLOB: {
        const auto* const bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
        return size == 0 ? Bytes() : Bytes(bytes, bytes + size);
    }
    case SQLITE_NULL: return null_text;  // SQLite does not say of which type
    }
    check_failed("no floating point in the database", std::source_location::current());
}

}  // namespace

void Connection::CloseConnection::operator()(sqlite3* connection) const noexcept
{
    sqlite3_close_v2(connection);
}
void Connection::FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

Connection::Connection(const Settings& settings, Mode mode)
{
    if (mode == Mode::write) make_private_file(settings.path);
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(settings.path.c_str(), &opened, flags, nullptr);
    m_connection.reset(opened);
    if (code != SQLITE_OK)
        throw Unavailable("cannot open the database file: " + std::string(sqlite3_errstr(code)));
    sqlite3_busy_timeout(opened, static_cast<int>(settings.busy_limit.count()));
    run_once("PRAGMA journal_mode = WAL", {});
    run_once("PRAGMA synchronous = FULL", {});  // in WAL mode: an fsync for each commit
    run_once("PRAGMA foreign_keys = ON", {});
    run_once("PRAGMA trusted_schema = OFF", {});
    // Mapped, the file would count as resident once a connection, and a read error would be a SIGBUS, which
    // ends the process.
    run_once("PRAGMA mmap_size = 0", {});
    if (settings.pages_max > 0) run_once("PRAGMA max_page_count = " + std::to_string(settings.pages_max), {});
    if (mode == Mode::read) run_once("PRAGMA query_only = ON", {});
}

Connection::~Connection() = default;

bool Connection::in_transaction() const noexcept { return sqlite3_get_autocommit(m_connection.get()) == 0; }

Outcome Connection::run(std::string_view text, std::span<const Value> arguments)
{
    const TextKey key{text.data(), text.size()};
    auto found = m_prepared.find(key);
    if (found == m_prepared.end()) {
        found = m_prepared.emplace(key, prepare(text, SQLITE_PREPARE_PERSISTENT)).first;
    }
    return step(found->second, arguments);
}

Outcome Connection::run_once(std::string_view text, std::span<const Value> arguments)
{
    Prepared prepared = prepare(text, 0);
    return step(prepared, arguments);
}

Connection::Prepared Connection::prepare(std::string_view text, unsigned flags)
{
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(m_connection.get(), text.data(), static_cast<int>(text.size()), flags,
                                        &statement, &tail);
    Prepared prepared{std::unique_ptr<sqlite3_stmt, FinalizeStatement>(statement), {}};
    if (code != SQLITE_OK) fail(code);
    CHECK(statement != nullptr && tail == text.data() + text.size());  // one statement, and the whole of it
    const int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; ++i) {
        // By name: SQLite numbers parameters in the order of their appearance.
        const int position = sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i)).c_str());
        CHECK(position != 0);
        prepared.positions.push_back(position);
    }
    return prepared;
}

void Connection::bind(Prepared& prepared, std::span<const Value> arguments)
{
    CHECK(arguments.size() == prepared.positions.size());
    sqlite3_stmt* const statement = prepared.statement.get();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const int position = prepared.positions[i];
        int code = SQLITE_OK;
        if (const auto* const number = std::get_if<std::int64_t>(&arguments[i])) {
            code = sqlite3_bind_int64(statement, position, *number);
        } else if (const auto* const text = std::get_if<std::string>(&arguments[i])) {
            code = sqlite3_bind_text64(statement, position, text->data(), text->size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        } else if (const auto* const bytes = std::get_if<Bytes>(&arguments[i])) {
            // A null pointer would be NULL, an empty value is not.
            const void* const data = bytes->empty() ? static_cast<const void*>("") : bytes->data();
            code = sqlite3_bind_blob64(statement, position, data, bytes->size(), SQLITE_STATIC);
        } else {
            code = sqlite3_bind_null(statement, position);
        }
        if (code != SQLITE_OK) fail(code);
    }
}

Outcome Connection::step(Prepared& prepared, std::span<const Value> arguments)
{
    sqlite3_stmt* const statement = prepared.statement.get();
    struct Reset {  // arguments are bound by reference and may be secret: they do not stay
        sqlite3_stmt* m_statement;
        ~Reset()
        {
            sqlite3_reset(m_statement);
            sqlite3_clear_bindings(m_statement);
        }
    };
    const Reset reset{statement};
    bind(prepared, arguments);
    const int columns = sqlite3_column_count(statement);
    std::vector<Value> cells;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        for (int column = 0; column < columns; ++column) cells.push_back(column_value(statement, column));
    }
    if (code != SQLITE_DONE) fail(code);
    const bool writes = sqlite3_stmt_readonly(statement) == 0;
    return {Rows(static_cast<std::size_t>(columns), std::move(cells)),
            writes ? sqlite3_changes64(m_connection.get()) : 0};
}

void Connection::fail(int code)
{
    const std::string message = "SQLite: " + std::string(sqlite3_errmsg(m_connection.get()));
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_DATATYPE) throw ProgrammingError(message);
        throw ConstraintViolation(message);
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM: m_broken = true; [[fallthrough]];
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_INTERRUPT:
        m_failure = std::make_exception_ptr(Unavailable(message));
        std::rethrow_exception(m_failure);
    }
    throw ProgrammingError(message);
}

}  // namespace sallyport::db::sqlite
