#include "db/postgres/postgres.h"

#include "base/check.h"
#include "base/log.h"
#include "db/postgres/connection.h"
#include "db/request.h"

#include <atomic>
#include <thread>

namespace sallyport::db::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds reconnect_pause_min{20};
constexpr milliseconds retry_pause_max{64};
/// Any number of our own: the advisory lock that one migration runner at a time holds.
constexpr const char* migration_lock = "SELECT pg_advisory_xact_lock(5346123097218450)";

class Migrating final : public MigrationSession {
public:
    explicit Migrating(Connection& connection) : m_connection(connection) {}
    void begin_locked() override
    {
        m_connection.command("BEGIN");
        m_connection.command(migration_lock);
    }
    Rows run(std::string_view statement, std::span<const Value> arguments) override
    {
        return m_connection.run_once(std::string(statement), arguments).rows;
    }
    void commit() override { m_connection.command("COMMIT"); }
    void rollback() noexcept override
    {
        m_connection.mark_lost();
    }  // the server rolls back what is left open

private:
    Connection& m_connection;
};

class WorkTx final : public Tx {
public:
    WorkTx(Connection& connection, std::atomic<std::uint64_t>& statements)
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

class PostgresDatabase final : public Database {
public:
    explicit PostgresDatabase(Options options)
        : m_options(std::move(options)), m_writes(m_options.queue_max), m_reads(m_options.queue_max)
    {
        CHECK(m_options.silence_limit > m_options.statement_limit);
        try {
            connect();
        } catch (const Unavailable& error) {
            log::write(log::Level::error, "database_unavailable", {{"reason", error.what()}});
        }
        for (unsigned i = 0; i < m_options.connections; ++i) {
            m_threads.emplace_back([this] { serve(m_writes, m_writers, 1, &PostgresDatabase::write); });
        }
        for (unsigned i = 0; i < m_options.read_connections; ++i) {
            m_threads.emplace_back([this] {
                serve(m_reads, m_readers, m_options.pipeline_max, &PostgresDatabase::read_pipelined);
            });
        }
    }
    ~PostgresDatabase() override
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
    using Requests = std::vector<Request>;
    using Serve = void (PostgresDatabase::*)(Connection&, Requests&);

    std::unique_ptr<Connection> connect() EXCLUDES(m_migration_mutex);
    std::unique_ptr<Connection> connect_with_patience(RequestQueue& queue,
                                                      const std::atomic<unsigned>& connected);
    void serve(RequestQueue& queue, std::atomic<unsigned>& connected, std::size_t at_most, Serve run);
    void write(Connection& connection, Requests& requests);
    void read_pipelined(Connection& connection, Requests& requests);
    void run_transaction(Connection& connection, Request& request);
    bool try_transaction(Connection& connection, Request& request);

    const Options m_options;
    RequestQueue m_writes;
    RequestQueue m_reads;
    std::atomic<unsigned> m_writers = 0;  // connections that are up
    std::atomic<unsigned> m_readers = 0;
    std::atomic<std::uint64_t> m_statements = 0;
    Mutex m_migration_mutex;
    bool m_migrated GUARDED_BY(m_migration_mutex) = false;
    std::vector<std::jthread> m_threads;  // last: they end before what they use
};

std::unique_ptr<Connection> PostgresDatabase::connect()
{
    Connection::Settings settings{m_options.conninfo, m_options.connect_limit, m_options.statement_limit,
                                  m_options.silence_limit};
    auto connection = std::make_unique<Connection>(settings);
    const Lock lock(m_migration_mutex);
    if (!m_migrated) {
        settings.statement_limit = m_options.migration_limit;
        settings.silence_limit = m_options.migration_limit + m_options.silence_limit;
        Connection patient(settings);
        Migrating session(patient);
        apply_migrations(session, m_options.migrations);
        m_migrated = true;
    }
    return connection;
}

/// Null when the database is closed. While no connection is up, those who wait are told so instead of waiting
/// on.
std::unique_ptr<Connection> PostgresDatabase::connect_with_patience(RequestQueue& queue,
                                                                    const std::atomic<unsigned>& connected)
{
    for (milliseconds wait = reconnect_pause_min;; wait = std::min(wait * 2, m_options.reconnect_pause_max)) {
        try {
            return connect();
        } catch (const std::exception& error) {
            log::write(log::Level::error, "database_unavailable", {{"reason", error.what()}});
            if (connected == 0) queue.fail_all(std::make_exception_ptr(Unavailable(error.what())));
        }
        if (!queue.pause(wait)) return nullptr;
    }
}

void PostgresDatabase::serve(RequestQueue& queue, std::atomic<unsigned>& connected, std::size_t at_most,
                             Serve run)
{
    for (;;) {
        const auto connection = connect_with_patience(queue, connected);
        if (!connection) return;
        ++connected;
        while (connection->alive()) {
            auto requests = queue.take(at_most);
            if (requests.empty()) return;
            if (!connection->alive()) {  // hung up while idle: nothing of these was begun
                for (; !requests.empty(); requests.pop_back()) queue.push_front(std::move(requests.back()));
                break;
            }
            (this->*run)(*connection, requests);
        }
        --connected;
    }
}

void PostgresDatabase::write(Connection& connection, Requests& requests)
{
    for (Request& request : requests) {
        try {
            if (request.is_transaction()) {
                run_transaction(connection, request);
            } else {
                ++m_statements;
                check_arguments(request.arguments);
                request.rows = connection.run(request.sql.text(), request.arguments).rows;
            }
        } catch (...) {
            request.error = std::current_exception();
        }
        request.finish();
    }
}

void PostgresDatabase::run_transaction(Connection& connection, Request& request)
{
    milliseconds wait{1};
    for (unsigned attempt = 1; !try_transaction(connection, request); ++attempt) {
        if (attempt == m_options.attempts_max) throw Unavailable("PostgreSQL: too many transactions at odds");
        // Spread by thread and attempt, so that two that met do not meet again at once.
        const auto spread = (std::hash<std::thread::id>()(std::this_thread::get_id()) >> 12) * attempt;
        if (!m_writes.pause(wait + milliseconds(spread % static_cast<std::size_t>(wait.count() + 1)))) {
            throw Unavailable("the database is being closed");
        }
        wait = std::min(wait * 2, retry_pause_max);
    }
}

/// False where the engine wants the whole work again.
bool PostgresDatabase::try_transaction(Connection& connection, Request& request)
{
    connection.command("BEGIN ISOLATION LEVEL SERIALIZABLE");
    bool again = false;
    std::exception_ptr error;
    try {
        WorkTx tx(connection, m_statements);
        try {
            request.work(tx);
        } catch (...) {
            tx.end();  // what the engine said counts more than what the work made of it
            throw;
        }
        tx.end();
    } catch (const Retry&) {
        again = true;
    } catch (...) {
        error = std::current_exception();
    }
    if (!again && !error) {
        try {
            connection.command("COMMIT");
            return true;
        } catch (const Retry&) {
            return false;  // refused: the transaction is over and nothing of it is there
        }
    }
    try {
        connection.command("ROLLBACK");
    } catch (const std::exception&) {
        connection.mark_lost();  // the server rolls back what a lost connection left open
        if (again) throw;
    }
    if (error) std::rethrow_exception(error);
    return false;
}

void PostgresDatabase::read_pipelined(Connection& connection, Requests& requests)
{
    std::vector<Request*> sent;
    try {
        connection.enter_pipeline();
        for (Request& request : requests) {
            ++m_statements;
            try {
                check_arguments(request.arguments);
            } catch (...) {
                request.error = std::current_exception();
                continue;
            }
            connection.send(request.sql.text(), request.arguments);
            sent.push_back(&request);
        }
        for (Request* const request : sent) {
            try {
                request->rows = connection.receive().rows;
            } catch (const ConnectionLost&) {
                throw;
            } catch (...) {
                request->error = std::current_exception();
            }
            request->finish();
        }
        connection.leave_pipeline();
    } catch (...) {
        connection.mark_lost();
        for (Request& request : requests) {
            if (!request.error) request.error = std::current_exception();
        }
    }
    for (Request& request : requests) request.finish();  // those that were not finished yet
}

}  // namespace

std::unique_ptr<Database> open(Options options)
{
    return std::make_unique<PostgresDatabase>(std::move(options));
}

std::size_t pending_migrations(const Options& options)
{
    Connection connection(
        {options.conninfo, options.connect_limit, options.statement_limit, options.silence_limit});
    Migrating session(connection);
    return db::pending_migrations(session, options.migrations);
}

}  // namespace sallyport::db::postgres
