#include "support/failing_database.h"

#include "base/check.h"

namespace sallyport::db::test {
namespace {

std::exception_ptr injected()
{
    return std::make_exception_ptr(Unavailable("a failure that the test wants"));
}

}  // namespace

void FailingDatabase::fail_call(std::uint64_t call, When when)
{
    m_calls = 0;
    m_failing = call;
    m_when = when;
}

void FailingDatabase::submit(Work work, Done done)
{
    if (!is_the_one()) return m_real.submit(std::move(work), std::move(done));
    if (m_when == When::before) return done(injected());
    m_real.submit(std::move(work), [done = std::move(done)](const std::exception_ptr& error) mutable {
        done(error ? error : injected());
    });
}

void FailingDatabase::submit_single(Single kind, Sql sql, std::vector<Value> arguments, DoneRows done)
{
    if (!is_the_one()) return m_real.submit_single(kind, sql, std::move(arguments), std::move(done));
    if (m_when == When::before) return done({}, injected());
    m_real.submit_single(kind, sql, std::move(arguments),
                         [done = std::move(done)](const Rows&, const std::exception_ptr& error) mutable {
                             done({}, error ? error : injected());
                         });
}

}  // namespace sallyport::db::test
