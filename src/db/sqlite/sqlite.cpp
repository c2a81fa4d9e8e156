#include "db/sqlite/sqlite.h"

#include "base/check.h"
#include "base/log.h"
#include "db/request.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/dialect.h"

#include <atomic>
#include <filesystem>
#include <thread>

namespace sallyport::db::sqlite {
namespace {

class Migrating final : public MigrationSession {
public:
    explicit Migrating(Connection& connection) : m_connection(connection) {}
    void begin_locked() override { m_connection.command("BEGIN EXCLUSIVE"); }
    Rows run(std::string_view statement, std::span<const Value> arguments) override
    {
        return m_connection.run_once(to_sqlite_words(statement), arguments).rows;
    }
    void commit() override { m_connection.command("COMMIT"); }
    void rollback() noexcept override
    {
        try {
            if (m_connection.in_transaction()) m_connection.command("ROLLBACK");
        } catch (const std::exception&) {  // the connection is dropped next
        }
    }

private:
    Connection& m_connection;
};

class WriterTx final : public Tx {
public:
    WriterTx(Connection& connection, std::atomic<std::uint64_t>& statements)
        : m_connection(connection), m_statements(statements)
    {
    }
    /// Throws what a statement threw, where the work has swallowed it.
    void end() const
    {
        if (m_lost) std::rethrow_exception(m_lost);
    }

private:
    Outcome run(Sql sql, std::span<const Value> arguments) override
    {
        end();
        ++m_statements;
        try {
            check_arguments(arguments);
            return m_connection.run(sql.text(), arguments);
        } catch (...) {
            m_lost = std::current_exception();
            throw;
        }
    }

    Connection& m_connection;
    std::atomic<std::uint64_t>& m_statements;
    std::exception_ptr m_lost;
};

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(Options options)
        : m_options(std::move(options)), m_writes(m_options.queue_max), m_reads(m_options.queue_max)
    {
        try {
            connect_writer();
        } catch (const Unavailable& error) {
            log::write(log::Level::error, "database_unavailable", {{"reason", error.what()}});
        }
        m_threads.emplace_back([this] { write_until_closed(); });
        for (unsigned i = 0; i < m_options.readers; ++i)
            m_threads.emplace_back([this] { read_until_closed(); });
    }
    ~SqliteDatabase() override
    {
        m_writes.close();
        m_reads.close();
    }

    void submit(Work work, Done done) override
    {
        m_writes.push(transaction(std::move(work), std::move(done)));
    }
    void submit_single(Single kind, Sql sql, std::vector<Value> arguments, DoneRows done) override
    {
        auto request = single_statement(sql, std::move(arguments), std::move(done));
        (kind == Single::read ? m_reads : m_writes).push(std::move(request));
    }
    [[nodiscard]] std::uint64_t statement_count() const noexcept override { return m_statements; }

private:
    [[nodiscard]] Connection::Settings settings() const
    {
        return {m_options.path, m_options.busy_limit, m_options.pages_max};
    }
    void connect_writer();
    void write_until_closed();
    void run_group(std::vector<Request>& group);
    void run_one(Request& request);
    void run_single(Connection& connection, Request& request);
    void abandon() noexcept;
    void read_until_closed();

    const Options m_options;
    RequestQueue m_writes;
    RequestQueue m_reads;
    std::atomic<std::uint64_t> m_statements = 0;
    std::atomic<bool> m_migrated = false;
    std::unique_ptr<Connection> m_writer;  // of the writer thread, once that runs
    std::vector<std::jthread> m_threads;   // last: they end before what they use
};

void SqliteDatabase::connect_writer()
{
    if (m_writer) return;
    auto connection = std::make_unique<Connection>(settings(), Connection::Mode::write);
    if (!m_migrated) {
        Migrating session(*connection);
        apply_migrations(session, m_options.migrations);
        m_migrated = true;
    }
    m_writer = std::move(connection);
}

void SqliteDatabase::write_until_closed()
{
    for (;;) {
        auto group = m_writes.take(m_options.group_max);
        if (group.empty()) return;
        std::exception_ptr broken;
        try {
            run_group(group);
        } catch (const std::exception& error) {
            abandon();
            broken = std::make_exception_ptr(Unavailable(error.what()));
            log::write(log::Level::error, "database_unavailable", {{"reason", error.what()}});
        }
        for (Request& request : group) {
            if (broken) request.error = broken;
            request.finish();
        }
    }
}

/// Each transaction in a savepoint, all in one BEGIN and one COMMIT, so that they share one fsync. What
/// leaves this function as an exception has happened to the group: none of it is committed.
void SqliteDatabase::run_group(std::vector<Request>& group)
{
    connect_writer();
    m_writer->clear_failure();
    m_writer->command("BEGIN IMMEDIATE");
    for (Request& request : group) run_one(request);
    m_writer->command("COMMIT");
}

void SqliteDatabase::run_one(Request& request)
{
    if (!request.is_transaction()) {
        run_single(*m_writer, request);  // one statement undoes itself
    } else {
        m_writer->command("SAVEPOINT work");
        try {
            WriterTx tx(*m_writer, m_statements);
            request.work(tx);
            tx.end();
        } catch (...) {
            request.error = std::current_exception();
        }
        if (request.error && m_writer->in_transaction()) m_writer->command("ROLLBACK TO work");
        if (m_writer->in_transaction()) m_writer->command("RELEASE work");
    }
    if (m_writer->failure()) std::rethrow_exception(m_writer->failure());
    if (!m_writer->in_transaction()) throw Unavailable("SQLite has rolled the transaction back");
}

void SqliteDatabase::run_single(Connection& connection, Request& request)
{
    ++m_statements;
    try {
        check_arguments(request.arguments);
        request.rows = connection.run(request.sql.text(), request.arguments).rows;
    } catch (...) {
        request.error = std::current_exception();
    }
}

void SqliteDatabase::abandon() noexcept
{
    if (!m_writer) return;
    try {
        if (m_writer->in_transaction()) m_writer->command("ROLLBACK");
        if (m_writer->broken()) m_writer.reset();
    } catch (const std::exception&) {
        m_writer.reset();  // closing rolls back
    }
}

void SqliteDatabase::read_until_closed()
{
    std::unique_ptr<Connection> connection;
    for (;;) {
        auto requests = m_reads.take(1);
        if (requests.empty()) return;
        Request& request = requests.front();
        try {
            if (!m_migrated) {
                m_writes.push(
                    transaction([](Tx&) {}, [](const std::exception_ptr&) {}));  // makes the writer try
                throw Unavailable("the database is not open yet");
            }
            if (!connection) connection = std::make_unique<Connection>(settings(), Connection::Mode::read);
            run_single(*connection, request);
        } catch (...) {
            request.error = std::current_exception();
        }
        if (connection && connection->broken()) connection.reset();
        request.finish();
    }
}

}  // namespace

std::unique_ptr<Database> open(Options options)
{
    return std::make_unique<SqliteDatabase>(std::move(options));
}

std::size_t pending_migrations(const Options& options)
{
    if (!std::filesystem::exists(options.path)) return options.migrations.size();
    Connection connection({options.path, options.busy_limit, options.pages_max}, Connection::Mode::write);
    Migrating session(connection);
    return db::pending_migrations(session, options.migrations);
}

}  // namespace sallyport::db::sqlite
