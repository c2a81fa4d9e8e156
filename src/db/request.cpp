#include "db/request.h"

#include "base/check.h"
#include "base/text.h"

namespace sallyport::db {

void Request::finish()
{
    work = nullptr;
    if (done) {
        auto call = std::exchange(done, nullptr);
        call(error);
    } else if (done_rows) {
        auto call = std::exchange(done_rows, nullptr);
        call(error ? Rows() : std::move(rows), error);
    }
}

void Request::fail(std::exception_ptr with)
{
    error = std::move(with);
    finish();
}

Request transaction(Database::Work work, Database::Done done)
{
    Request request;
    request.work = std::move(work);
    request.done = std::move(done);
    return request;
}

Request single_statement(Sql sql, std::vector<Value> arguments, Database::DoneRows done)
{
    Request request;
    request.sql = sql;
    request.arguments = std::move(arguments);
    request.done_rows = std::move(done);
    return request;
}

void check_arguments(std::span<const Value> arguments)
{
    for (const Value& value : arguments) {
        const auto* const text = std::get_if<std::string>(&value);
        CHECK(text == nullptr || is_valid_text(*text));
    }
}

void RequestQueue::push(Request request)
{
    const char* refused = nullptr;
    {
        const Lock lock(m_mutex);
        if (m_closed) {
            refused = "the database is being closed";
        } else if (m_waiting.size() >= m_limit) {
            refused = "the database's queue is full";
        } else {
            m_waiting.push_back(std::move(request));
            m_wake.notify_one();
        }
    }
    if (refused != nullptr) request.fail(std::make_exception_ptr(Unavailable(refused)));
}

void RequestQueue::push_front(Request request)
{
    bool refused = false;
    {
        const Lock lock(m_mutex);
        refused = m_closed;
        if (!refused) {
            m_waiting.push_front(std::move(request));
            m_wake.notify_one();
        }
    }
    if (refused) request.fail(std::make_exception_ptr(Unavailable("the database is being closed")));
}

std::vector<Request> RequestQueue::take(std::size_t at_most)
{
    std::vector<Request> taken;
    const Lock lock(m_mutex);
    while (m_waiting.empty() && !m_closed) m_wake.wait(m_mutex);
    while (!m_waiting.empty() && taken.size() < at_most) {
        taken.push_back(std::move(m_waiting.front()));
        m_waiting.pop_front();
    }
    if (!m_waiting.empty()) m_wake.notify_one();
    return taken;
}

void RequestQueue::fail_all(const std::exception_ptr& error)
{
    std::deque<Request> failed;
    {
        const Lock lock(m_mutex);
        failed.swap(m_waiting);
    }
    for (Request& request : failed) request.fail(error);
}

bool RequestQueue::pause(std::chrono::milliseconds time)
{
    const Lock lock(m_mutex);
    if (!m_closed) m_closing.wait_for(m_mutex, time);  // waking early only shortens a pause
    return !m_closed;
}

void RequestQueue::close()
{
    {
        const Lock lock(m_mutex);
        m_closed = true;
        m_wake.notify_all();
        m_closing.notify_all();
    }
    fail_all(std::make_exception_ptr(Unavailable("the database is being closed")));
}

}  // namespace sallyport::db
