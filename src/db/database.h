#pragma once
// One interface over SQLite and PostgreSQL. Work is a plain function over Tx& that runs to completion on a
// database thread; only transact, read and bump are awaited. Work is re-runnable: no mail, no HTTP; write an
// outbox row.
#include "base/bytes.h"
#include "base/task.h"

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace sallyport::db {

enum class Type : std::uint8_t { integer, text, bytes };

/// Nulls carry a type, because PostgreSQL wants one for each parameter.
struct Null {
    Type type;
    friend bool operator==(const Null&, const Null&) = default;
};
inline constexpr Null null_integer{Type::integer};
inline constexpr Null null_text{Type::text};
inline constexpr Null null_bytes{Type::bytes};

using Value = std::variant<Null, std::int64_t, std::string, Bytes>;

template <std::integral T>
Value to_value(T number)  // a bool is 0 or 1
{
    return static_cast<std::int64_t>(number);
}
inline Value to_value(std::string_view text) { return std::string(text); }
inline Value to_value(BytesView bytes) { return Bytes(bytes.begin(), bytes.end()); }
inline Value to_value(Null null) { return null; }
template <std::same_as<Value> T>  // a template, so that a std::string is not torn between this and
                                  // string_view
                                  Value to_value(const T& value)
{
    return value;
}
template <class T>
Value to_value(const std::optional<T>& maybe)
{
    if (maybe) return to_value(*maybe);
    if constexpr (std::integral<T>)
        return null_integer;
    else if constexpr (std::convertible_to<T, std::string_view>)
        return null_text;
    else
        return null_bytes;
}

/// A statement is a literal of the source: one assembled at run time does not compile. Parameters are $1, $2,
/// …
class Sql {
public:
    template <std::size_t N>
    consteval Sql(const char (&text)[N])
        : m_text(text, N - 1)  // NOLINT(google-explicit-constructor): reads as text
    {
    }
    [[nodiscard]] std::string_view text() const noexcept { return m_text; }

private:
    std::string_view m_text;
};

/// A result set, copied out of the engine.
class Rows {
public:
    Rows() = default;
    Rows(std::size_t columns, std::vector<Value> cells) : m_columns(columns), m_cells(std::move(cells)) {}
    [[nodiscard]] std::size_t size() const noexcept
    {
        return m_columns == 0 ? 0 : m_cells.size() / m_columns;
    }
    [[nodiscard]] bool empty() const noexcept { return m_cells.empty(); }
    [[nodiscard]] std::size_t columns() const noexcept { return m_columns; }
    /// Each of these is a CHECK: the statement and its reader are one piece of our own code.
    [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const;
    [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const;
    [[nodiscard]] const Bytes& bytes(std::size_t row, std::size_t column) const;
    [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;

private:
    [[nodiscard]] const Value& at(std::size_t row, std::size_t column) const;
    std::size_t m_columns = 0;
    std::vector<Value> m_cells;
};

/// A UNIQUE, CHECK or foreign-key constraint refused the row. The transaction it happened in is lost and
/// rolls back.
class ConstraintViolation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a statement came to.
struct Outcome {
    Rows rows;
    std::int64_t changed = 0;  // rows inserted, updated or deleted
};

class Tx {
public:
    virtual ~Tx() = default;
    template <class... Arguments>
    Rows query(Sql sql, const Arguments&... arguments)
    {
        const std::vector<Value> values{to_value(arguments)...};
        return run(sql, values).rows;
    }
    /// How many rows were changed.
    template <class... Arguments>
    std::int64_t execute(Sql sql, const Arguments&... arguments)
    {
        const std::vector<Value> values{to_value(arguments)...};
        return run(sql, values).changed;
    }

protected:
    /// After a statement has failed, the transaction is lost: each further one throws the same error, and so
    /// does its end, whatever the work made of it.
    virtual Outcome run(Sql sql, std::span<const Value> arguments) = 0;
};

/// Throws Unavailable where the engine is out of reach, the disk is full or a retry did not help in its time;
/// what was not committed is then not there. ConstraintViolation and what `work` throws pass through, after a
/// rollback.
class Database {
public:
    virtual ~Database() = default;

    /// Runs `work` serializably (SQLite BEGIN IMMEDIATE, PostgreSQL SERIALIZABLE), again where the engine
    /// says so, and commits durably before the awaiting coroutine goes on.
    template <std::invocable<Tx&> Work, class Answer = std::invoke_result_t<Work, Tx&>>
    Task<Answer> transact(Work work)
    {
        if constexpr (std::is_void_v<Answer>) {
            Completion<std::monostate> done;
            submit([work = std::move(work)](Tx& tx) mutable { work(tx); },
                   [source = done.source()](std::exception_ptr error) {
                       if (error)
                           source.error(error);
                       else
                           source.value({});
                   });
            co_await done;
        } else {
            auto answer = std::make_shared<std::optional<Answer>>();
            Completion<std::monostate> done;
            submit([work = std::move(work), answer](Tx& tx) mutable { answer->emplace(work(tx)); },
                   [source = done.source()](std::exception_ptr error) {
                       if (error)
                           source.error(error);
                       else
                           source.value({});
                   });
            co_await done;
            co_return std::move(**answer);
        }
    }

    /// One statement that only reads, on what is committed.
    template <class... Arguments>
    Task<Rows> read(Sql sql, const Arguments&... arguments)
    {
        return single(Single::read, sql, std::vector<Value>{to_value(arguments)...});
    }

    /// One hot-counter statement (upsert with RETURNING) at READ COMMITTED: never retried, never lost.
    template <class... Arguments>
    Task<Rows> bump(Sql sql, const Arguments&... arguments)
    {
        return single(Single::bump, sql, std::vector<Value>{to_value(arguments)...});
    }

    /// Statements sent to the engine since start, BEGIN and COMMIT left out: tests compare paths with it.
    [[nodiscard]] virtual std::uint64_t statement_count() const noexcept = 0;
    /// Reads one row of the migrations' ledger, or throws Unavailable: readiness.
    Task<void> ping()
    {
        const Sql newest = "SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1";
        std::vector<Value> none;
        co_await single(Single::read, newest, std::move(none));
    }

    using Work = std::move_only_function<void(Tx&)>;
    using Done = std::move_only_function<void(std::exception_ptr)>;
    using DoneRows = std::move_only_function<void(Rows, std::exception_ptr)>;
    enum class Single : std::uint8_t { read, bump };

    /// What the calls above stand on; public for decorators. `done` is called once: after the commit or with
    /// the error, on a database thread, or on the caller's where the request is refused at once (queue full).
    virtual void submit(Work work, Done done) = 0;
    virtual void submit_single(Single kind, Sql sql, std::vector<Value> arguments, DoneRows done) = 0;

private:
    Task<Rows> single(Single kind, Sql sql, std::vector<Value> arguments)
    {
        Completion<Rows> done;
        submit_single(kind, sql, std::move(arguments),
                      [source = done.source()](Rows rows, std::exception_ptr error) {
                          if (error)
                              source.error(error);
                          else
                              source.value(std::move(rows));
                      });
        co_return co_await done;
    }
};

}  // namespace sallyport::db
