#pragma once
// What waits for a database thread, and the bounded queue it waits in.
#include "base/mutex.h"
#include "db/database.h"

#include <deque>

namespace sallyport::db {

/// A transaction (`work`) or a single statement (`sql`), with the one who waits for it.
struct Request {
    Database::Work work;
    Database::Done done;

    Sql sql = "";
    std::vector<Value> arguments;
    Database::DoneRows done_rows;

    Rows rows;
    std::exception_ptr error;

    [[nodiscard]] bool is_transaction() const noexcept { return static_cast<bool>(done); }
    /// Tells the one who waits, once. The work is gone by then, with all that it captured.
    void finish();
    void fail(std::exception_ptr with);
};

Request transaction(Database::Work work, Database::Done done);
Request single_statement(Sql sql, std::vector<Value> arguments, Database::DoneRows done);

/// CHECKs that each text is valid and without NUL: the edge has refused those (PostgreSQL would, SQLite would
/// not).
void check_arguments(std::span<const Value> arguments);

/// First in, first out, with a limit: what does not fit is refused at once rather than answered late.
class RequestQueue {
public:
    explicit RequestQueue(std::size_t limit) : m_limit(limit) {}
    /// Fails the request with Unavailable where the queue is full or closed.
    void push(Request request) EXCLUDES(m_mutex);
    /// Puts back, at the front, what could not be begun.
    void push_front(Request request) EXCLUDES(m_mutex);
    /// Waits for at least one; empty once the queue is closed.
    std::vector<Request> take(std::size_t at_most) EXCLUDES(m_mutex);
    /// Fails all that waits.
    void fail_all(const std::exception_ptr& error) EXCLUDES(m_mutex);
    /// Waits for the time or for the end; false where the queue is closed.
    bool pause(std::chrono::milliseconds time) EXCLUDES(m_mutex);
    /// Wakes every waiting thread, refuses what comes and fails what waits.
    void close() EXCLUDES(m_mutex);

private:
    const std::size_t m_limit;
    Mutex m_mutex;
    Condition m_wake;
    Condition m_closing;
    std::deque<Request> m_waiting GUARDED_BY(m_mutex);
    bool m_closed GUARDED_BY(m_mutex) = false;
};

}  // namespace sallyport::db
