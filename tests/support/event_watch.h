#pragma once
// Holds every transaction of a test to one law (ux.md, M9 and M10): what happens to an account stands in its
// history, and is told in the same transaction to every address that the account has. event_rules.h is the
// table of all events. test::World puts it before every database, so that whatever a room's tests do is
// looked at.
#include "db/database.h"
#include "store/keys.h"

#include <atomic>

namespace sallyport::test {

class EventWatch final : public db::Database {
public:
    /// Both outlive it.
    EventWatch(db::Database& real, const store::Keys& keys) : m_real(real), m_keys(keys) {}

    /// Without the watch's own.
    [[nodiscard]] std::uint64_t statement_count() const noexcept override
    {
        return m_real.statement_count() - m_own_statements;
    }
    void submit(Work work, Done done) override;
    void submit_single(Single kind, db::Sql sql, std::vector<db::Value> arguments, DoneRows done) override;

private:
    db::Database& m_real;
    const store::Keys& m_keys;
    std::atomic<std::uint64_t> m_own_statements = 0;
};

/// This transaction is the test's own hand: it may write a mail that tells of nothing, but no event without
/// its mails.
void done_by_hand(db::Tx& tx);

}  // namespace sallyport::test
