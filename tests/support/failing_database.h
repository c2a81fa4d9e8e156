#pragma once
// A database whose n-th call fails: for running a use case with each of its store calls failing once.
#include "db/database.h"

#include <atomic>

namespace sallyport::db::test {

class FailingDatabase final : public Database {
public:
    /// `real` outlives it.
    explicit FailingDatabase(Database& real) : m_real(real) {}

    /// When: `before` the call reaches the engine, or `after` it has taken effect (an answer lost on the
    /// way).
    enum class When : std::uint8_t { before, after };
    /// The `call`-th transact, read or bump from now on, counted from 1, throws Unavailable; 0 for none.
    void fail_call(std::uint64_t call, When when = When::before);
    /// Calls since then: a loop over fail_call(1), fail_call(2) … ends when its run made fewer calls.
    [[nodiscard]] std::uint64_t calls() const noexcept { return m_calls; }

    [[nodiscard]] std::uint64_t statement_count() const noexcept override { return m_real.statement_count(); }
    void submit(Work work, Done done) override;
    void submit_single(Single kind, Sql sql, std::vector<Value> arguments, DoneRows done) override;

private:
    [[nodiscard]] bool is_the_one() noexcept { return ++m_calls == m_failing; }

    Database& m_real;
    std::atomic<std::uint64_t> m_calls = 0;
    std::atomic<std::uint64_t> m_failing = 0;
    std::atomic<When> m_when = When::before;
};

}  // namespace sallyport::db::test
