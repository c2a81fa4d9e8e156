// The room http alone: reader, gate, router, a quick handler that takes a cookie, security headers, flat
// write. What the session check costs without its hash and its map. `http_floor PORT LOOPS`; prints CPU-µs a
// request when its input ends.
#include "http/server.h"

#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace sallyport;

class BenchClock final : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override
    {
        return std::chrono::floor<Duration>(std::chrono::system_clock::now());
    }
};
class NoRandom final : public ports::Random {
public:
    void fill(std::span<std::uint8_t> out) override { std::memset(out.data(), 7, out.size()); }
};

double cpu_us()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

int main(int count, char** words)
{
    if (count != 3) return 2;
    http::Router router;
    std::atomic<std::uint64_t> requests{0};
    const http::QuickHandler check = [&](const http::Request& request) -> std::optional<http::Response> {
        requests.fetch_add(1, std::memory_order_relaxed);
        http::Response response;
        const auto cookie = request.cookie("session");
        response.status = cookie ? 200 : 401;
        response.add("Content-Type", "application/json");
        response.body =
            R"({"account":"0190a5c2-7d1e-7c3a-9f00-5b1c0f2e7a11","level":2,"factors":["password","totp"]})";
        return response;
    };
    router.add(http::Method::get, "/api/v1/session", nullptr, {.quick = check});
    http::ServerOptions options;
    options.listen = std::string("127.0.0.1:") + words[1];
    options.private_listen = "";
    options.allowed_hosts = {options.listen};
    options.event_loops = static_cast<std::size_t>(std::strtoul(words[2], nullptr, 10));
    const http::PlainErrorPages pages;
    http::Metrics metrics;
    const BenchClock clock;
    NoRandom random;
    http::Server server(options, router, pages, metrics, clock, random);
    if (const auto error = server.listen()) {
        std::fprintf(stderr, "%s: %s\n", error->address.c_str(), error->reason.c_str());
        return 1;
    }
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    server.start();
    int signal = 0;
    sigwait(&ends, &signal);
    const auto answered = static_cast<double>(requests.load());
    std::printf("http_room: %.0f requests, %.2f CPU-us a request\n", answered,
                cpu_us() / std::max(answered, 1.0));
    server.stop();
    return 0;
}
