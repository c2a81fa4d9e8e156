#pragma once
// One thread with its own io_context, the connections that live on it, and one clock tick for all their
// deadlines: a timer for each connection would cost more than the parser. Includes Asio: for http/ alone.
#include "base/task.h"
#include "http/gate.h"
#include "http/response_writer.h"
#include "http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::http {

class Connection;

/// What all loops share.
struct ServerContext {
    Limits limits;
    Gate gate;
    ResponseWriter writer;
    const ErrorPages& error_pages;
    Metrics& metrics;
    const ports::Clock& clock;
    ports::Random& random GUARDED_BY(random_mutex);
    Mutex random_mutex{};

    /// Eight characters by which an operator finds the line in the log.
    std::string make_reference();
};

class EventLoop final : public Scheduler {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds tick_interval{100};

    EventLoop(ServerContext& context, std::size_t number);
    ~EventLoop() override;

    /// On the loop's own thread, until stop() has been called and every connection has ended.
    void run();
    /// From any thread.
    void stop();
    void post(std::coroutine_handle<> handle) override;

    boost::asio::io_context& io() noexcept { return m_io; }
    [[nodiscard]] std::size_t number() const noexcept { return m_number; }
    /// Connections that are here or on their way; from any thread.
    [[nodiscard]] std::size_t load() const noexcept { return m_load.load(std::memory_order_relaxed); }
    void expect_connection() noexcept { m_load.fetch_add(1, std::memory_order_relaxed); }

    /// The timers' own clock (convention 7: timers live in http/): for deadlines and durations, never for
    /// policy.
    static Time timer_now() { return boost::asio::steady_timer::clock_type::now(); }

    // On the loop's thread.
    void add(std::shared_ptr<Connection> connection);
    void remove(Connection& connection);
    /// A deadline `limit` from now that never fires early.
    [[nodiscard]] Time after(Duration limit) const noexcept { return m_now + limit + tick_interval; }
    [[nodiscard]] std::string_view date() const noexcept { return m_date; }
    [[nodiscard]] bool is_stopping() const noexcept { return m_stopping; }

private:
    void read_clocks();
    void wait_for_tick();
    void tick();
    void begin_stop();
    void end_if_done();

    ServerContext& m_context;
    std::size_t m_number;
    boost::asio::io_context m_io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    boost::asio::steady_timer m_timer;
    std::vector<std::shared_ptr<Connection>> m_connections;
    std::atomic<std::size_t> m_load{0};
    Time m_now;
    Time m_cut_at;
    std::int64_t m_date_second = 0;
    std::string m_date;
    bool m_stopping = false;
};

}  // namespace sallyport::http
