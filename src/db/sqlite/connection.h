#pragma once
// One SQLite connection and its prepared statements. Used by one thread at a time.
#include "db/database.h"

#include <chrono>
#include <map>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace sallyport::db::sqlite {

class Connection {
public:
    enum class Mode : std::uint8_t { write, read };
    struct Settings {
        std::string path;
        std::chrono::milliseconds busy_limit;  // how long another connection's lock is waited for
        std::int64_t pages_max;                // 0: as many as the disk takes
    };

    /// Makes the file, mode 0600, where `mode` is write and it is not there. Throws Unavailable.
    Connection(const Settings& settings, Mode mode);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs a statement that is prepared once. `text` outlives the connection: it is a literal.
    Outcome run(std::string_view text, std::span<const Value> arguments);
    /// Runs a statement that comes once (migrations).
    Outcome run_once(std::string_view text, std::span<const Value> arguments);
    /// BEGIN, COMMIT and their like.
    void command(std::string_view literal) { run(literal, {}); }

    [[nodiscard]] bool in_transaction() const noexcept;
    /// The last Unavailable since clear_failure(): the whole transaction is in doubt then, not only one work.
    [[nodiscard]] std::exception_ptr failure() const noexcept { return m_failure; }
    void clear_failure() noexcept { m_failure = nullptr; }
    /// An error after which the connection is better opened anew.
    [[nodiscard]] bool broken() const noexcept { return m_broken; }

private:
    struct CloseConnection {
        void operator()(sqlite3* connection) const noexcept;
    };
    struct FinalizeStatement {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement;
        std::vector<int> positions;  // of $1, $2, … as SQLite numbers them
    };
    struct TextKey {  // literals do not move: their address is their name
        const char* data;
        std::size_t size;
        friend auto operator<=>(const TextKey&, const TextKey&) = default;
    };

    Prepared prepare(std::string_view text, unsigned flags);
    Outcome step(Prepared& prepared, std::span<const Value> arguments);
    void bind(Prepared& prepared, std::span<const Value> arguments);
    [[noreturn]] void fail(int code);

    std::unique_ptr<sqlite3, CloseConnection> m_connection;
    std::map<TextKey, Prepared> m_prepared;
    std::exception_ptr m_failure;
    bool m_broken = false;
};

}  // namespace sallyport::db::sqlite
