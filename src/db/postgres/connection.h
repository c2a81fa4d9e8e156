#pragma once
// One PostgreSQL connection and its prepared statements, over libpq's non-blocking calls, so that a silent
// server costs a bounded time. Used by one thread at a time.
#include "db/database.h"
#include "db/postgres/wire.h"

#include <chrono>
#include <deque>
#include <map>
#include <memory>

struct pg_conn;
struct pg_result;

namespace sallyport::db::postgres {

/// The engine asks for the whole work again (SQLSTATE 40001, 40P01).
class Retry : public Unavailable {
public:
    using Unavailable::Unavailable;
};

/// The connection is gone, or silent for too long; whether the last statement took effect is not known.
class ConnectionLost : public Unavailable {
public:
    using Unavailable::Unavailable;
};

class Connection {
public:
    struct Settings {
        std::string conninfo;
        std::chrono::milliseconds connect_limit;    // for each step of connecting
        std::chrono::milliseconds statement_limit;  // the server cancels a statement after it
        std::chrono::milliseconds silence_limit;    // the connection is given up after it
    };

    /// Throws Unavailable.
    explicit Connection(const Settings& settings);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Prepared at its first use. `text` outlives the connection: it is a literal. Throws Retry,
    /// ConnectionLost, Unavailable, ConstraintViolation, ProgrammingError.
    Outcome run(std::string_view text, std::span<const Value> arguments);
    /// A statement that comes once, with values of the binary formats (migrations, settings).
    Outcome run_once(const std::string& text, std::span<const Value> arguments);
    void command(const char* text) { run_once(text, {}); }

    /// Pipeline (libpq, section 34.5): many statements under way, each a transaction of its own.
    void enter_pipeline();
    void send(std::string_view text, std::span<const Value> arguments);
    /// The answer of the oldest statement sent; throws as run() does.
    Outcome receive();
    void leave_pipeline();

    /// False also where the server has hung up while the connection was idle.
    [[nodiscard]] bool alive();
    void mark_lost() noexcept { m_lost = true; }

private:
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    using Result = std::unique_ptr<pg_result, Clear>;
    struct StatementKey {  // literals do not move: their address is their name; a null's type may differ by
                           // call
        const char* data;
        std::size_t size;
        std::vector<Oid> types;
        friend auto operator<=>(const StatementKey&, const StatementKey&) = default;
    };

    void await_connected(std::chrono::milliseconds limit);
    void wait_for_socket(short events, std::chrono::milliseconds limit);
    void flush();
    Result next_result();
    /// The last result up to the null that ends a statement's results.
    Result finish_statement();
    Outcome outcome_of(const Result& result);
    const std::string& prepared_name(std::string_view text, std::span<const Value> arguments, bool& is_new,
                                     std::vector<Oid>& types);
    [[noreturn]] void fail(const pg_result* result);
    [[noreturn]] void lose(const std::string& why);

    Settings m_settings;
    std::unique_ptr<pg_conn, Finish> m_connection;
    std::map<StatementKey, std::string> m_prepared;
    std::uint64_t m_names_given = 0;
    struct Sent {
        StatementKey key;
        bool prepares;
    };
    std::deque<Sent> m_sent;  // in the pipeline, oldest first
    bool m_lost = false;
};

}  // namespace sallyport::db::postgres
