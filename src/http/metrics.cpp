#include "http/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>

namespace sallyport::http {

namespace {

/// The statuses that are counted one by one; any other counts as the last.
constexpr std::array<unsigned, 26> statuses{200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403,
                                            404, 405, 408, 409, 410, 413, 415, 421, 422, 429, 431, 500, 503};
/// Upper bounds in nanoseconds, and as the text shows them.
constexpr std::array<std::int64_t, 12> bounds_ns{10'000,      50'000,      100'000,       500'000,
                                                 1'000'000,   5'000'000,   10'000'000,    50'000'000,
                                                 100'000'000, 500'000'000, 1'000'000'000, 5'000'000'000};

struct Cell {
    std::array<std::atomic<std::uint64_t>, statuses.size() + 1> by_status{};
    std::array<std::atomic<std::uint64_t>, bounds_ns.size() + 1> by_time{};
    std::atomic<std::uint64_t> total_ns{0};
};

std::size_t index_of(unsigned status)
{
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        if (statuses[i] == status) return i;
    }
    return statuses.size();
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1)
{
    counter.fetch_add(by, std::memory_order_relaxed);
}

std::string_view method_name(Method method)
{
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    }
    return "none";
}

struct External {
    std::string name;
    std::string help;
    std::function<double()> read;
    prometheus::MetricType type;
};

}  // namespace

struct Metrics::State {
    std::vector<External> external;
    const Router* router = nullptr;
    std::vector<std::unique_ptr<Cell[]>> shards;  // each a cell a route, and one for none
    std::size_t cells = 0;

    [[nodiscard]] prometheus::ClientMetric labelled(std::size_t cell) const
    {
        prometheus::ClientMetric metric;
        const bool known = cell + 1 < cells;
        const std::string route = known ? router->routes()[cell].pattern : "none";
        const std::string method(known ? method_name(router->routes()[cell].method) : "none");
        metric.label = {{"route", route}, {"method", method}};
        return metric;
    }
    void append_counts(prometheus::MetricFamily& family, std::size_t cell) const
    {
        for (std::size_t s = 0; s <= statuses.size(); ++s) {
            std::uint64_t count = 0;
            for (const auto& shard : shards)
                count += shard[cell].by_status[s].load(std::memory_order_relaxed);
            if (count == 0) continue;
            auto metric = labelled(cell);
            metric.label.push_back({"status", s < statuses.size() ? std::to_string(statuses[s]) : "other"});
            metric.counter.value = static_cast<double>(count);
            family.metric.push_back(std::move(metric));
        }
    }
    void append_times(prometheus::MetricFamily& family, std::size_t cell) const
    {
        auto metric = labelled(cell);
        for (std::size_t b = 0; b <= bounds_ns.size(); ++b) {
            std::uint64_t count = 0;
            for (const auto& shard : shards) count += shard[cell].by_time[b].load(std::memory_order_relaxed);
            metric.histogram.sample_count += count;
            const double bound = b < bounds_ns.size() ? static_cast<double>(bounds_ns[b]) / 1e9
                                                      : std::numeric_limits<double>::infinity();
            metric.histogram.bucket.push_back({metric.histogram.sample_count, bound});
        }
        if (metric.histogram.sample_count == 0) return;
        std::uint64_t total_ns = 0;
        for (const auto& shard : shards) total_ns += shard[cell].total_ns.load(std::memory_order_relaxed);
        metric.histogram.sample_sum = static_cast<double>(total_ns) / 1e9;
        family.metric.push_back(std::move(metric));
    }
};

Metrics::Metrics() : m_state(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::add_counter(std::string name, std::string help, std::function<double()> read)
{
    m_state->external.push_back(
        {std::move(name), std::move(help), std::move(read), prometheus::MetricType::Counter});
}

void Metrics::add_gauge(std::string name, std::string help, std::function<double()> read)
{
    m_state->external.push_back(
        {std::move(name), std::move(help), std::move(read), prometheus::MetricType::Gauge});
}

void Metrics::prepare(const Router& router, std::size_t shards)
{
    m_state->router = &router;
    m_state->cells = router.routes().size() + 1;
    m_state->shards.clear();
    for (std::size_t i = 0; i < shards; ++i)
        m_state->shards.push_back(std::make_unique<Cell[]>(m_state->cells));
}

void Metrics::observe(std::size_t shard, const Router::Route* route, unsigned status,
                      std::chrono::nanoseconds took) noexcept
{
    const std::size_t index = route == nullptr
                                  ? m_state->cells - 1
                                  : static_cast<std::size_t>(route - m_state->router->routes().data());
    Cell& cell = m_state->shards[shard][index];
    std::size_t bucket = 0;
    while (bucket < bounds_ns.size() && took.count() > bounds_ns[bucket]) ++bucket;
    add(cell.by_status[index_of(status)]);
    add(cell.by_time[bucket]);
    add(cell.total_ns, static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
}

std::string Metrics::text() const
{
    prometheus::MetricFamily counts{
        "sallyport_http_requests_total", "Requests answered.", prometheus::MetricType::Counter, {}};
    prometheus::MetricFamily times{"sallyport_http_request_seconds",
                                   "From the last byte read to the answer.",
                                   prometheus::MetricType::Histogram,
                                   {}};
    for (std::size_t cell = 0; cell < m_state->cells; ++cell) {
        m_state->append_counts(counts, cell);
        m_state->append_times(times, cell);
    }
    std::vector<prometheus::MetricFamily> families{std::move(counts), std::move(times)};
    for (const External& external : m_state->external) {
        prometheus::ClientMetric metric;
        if (external.type == prometheus::MetricType::Counter)
            metric.counter.value = external.read();
        else
            metric.gauge.value = external.read();
        families.push_back({external.name, external.help, external.type, {std::move(metric)}});
    }
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace sallyport::http
