#pragma once
// Counters in the Prometheus text format. Labels are route patterns, methods and statuses; never a path or an
// address, which would tell who did what and grow without end.
#include "http/router.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::http {

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Other rooms' numbers, read when somebody asks; `read` is called on any thread. Before the server
    /// starts.
    void add_counter(std::string name, std::string help, std::function<double()> read);
    void add_gauge(std::string name, std::string help, std::function<double()> read);

    /// Prometheus text format 0.0.4.
    [[nodiscard]] std::string text() const;

    /// By the server: before it starts, and after each request. `shard` is the event loop's number, so that
    /// two loops write to different cache lines. A request without a route counts under the route "none".
    void prepare(const Router& router, std::size_t shards);
    void observe(std::size_t shard, const Router::Route* route, unsigned status,
                 std::chrono::nanoseconds took) noexcept;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::http
