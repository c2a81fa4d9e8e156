#include "http/event_loop.h"

#include "http/connection.h"

#include <boost/asio/post.hpp>

namespace sallyport::http {

namespace asio = boost::asio;

std::string ServerContext::make_reference()
{
    const Lock lock(random_mutex);
    return to_crockford(random.bytes(5));
}

EventLoop::EventLoop(ServerContext& context, std::size_t number)
    : m_context(context), m_number(number), m_work(asio::make_work_guard(m_io)), m_timer(m_io)
{
    read_clocks();
}

EventLoop::~EventLoop() = default;

void EventLoop::run()
{
    const Scheduler::Here here(*this);
    wait_for_tick();
    m_io.run();
}

void EventLoop::stop()
{
    asio::post(m_io, [this] { begin_stop(); });
}

void EventLoop::post(std::coroutine_handle<> handle)
{
    asio::post(m_io, [handle] { handle.resume(); });
}

void EventLoop::add(std::shared_ptr<Connection> connection)
{
    connection->set_place(m_connections.size());
    m_connections.push_back(connection);
    if (m_stopping)
        connection->stop();
    else
        connection->start();
}

void EventLoop::remove(Connection& connection)
{
    const std::size_t place = connection.place();
    const auto kept = std::move(m_connections[place]);  // until the end of this function
    if (place + 1 < m_connections.size()) {
        m_connections[place] = std::move(m_connections.back());
        m_connections[place]->set_place(place);
    }
    m_connections.pop_back();
    m_load.fetch_sub(1, std::memory_order_relaxed);
    end_if_done();
}

void EventLoop::read_clocks()
{
    m_now = timer_now();
    const Instant now = m_context.clock.now();
    if (to_unix_seconds(now) == m_date_second && !m_date.empty()) return;
    m_date_second = to_unix_seconds(now);
    m_date = http_date(std::chrono::floor<std::chrono::seconds>(now));
}

void EventLoop::wait_for_tick()
{
    m_timer.expires_after(tick_interval);
    m_timer.async_wait([this](const boost::system::error_code& error) {
        if (!error) tick();
    });
}

void EventLoop::tick()
{
    read_clocks();
    // Backwards: a connection that ends is replaced by the last one, which was looked at already.
    for (std::size_t i = m_connections.size(); i-- > 0;) {
        const std::shared_ptr<Connection> connection = m_connections[i];
        if (m_stopping && m_now >= m_cut_at)
            connection->cut();
        else
            connection->tick(m_now);
    }
    if (!m_stopping || !m_connections.empty()) wait_for_tick();
}

void EventLoop::begin_stop()
{
    if (m_stopping) return;
    m_stopping = true;
    m_cut_at = after(m_context.limits.stop_grace);
    for (std::size_t i = m_connections.size(); i-- > 0;) {
        const std::shared_ptr<Connection> connection = m_connections[i];
        connection->stop();
    }
    end_if_done();
}

void EventLoop::end_if_done()
{
    if (!m_stopping || !m_connections.empty()) return;
    m_timer.cancel();
    m_work.reset();
}

}  // namespace sallyport::http
