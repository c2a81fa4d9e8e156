#pragma once
// The server: two listeners (the public one and the private one for operators and metrics) and one event loop
// a core. Each loop is a Scheduler: a handler's coroutine starts and goes on there. TLS belongs to the proxy
// in front.
#include "base/result.h"
#include "http/client_address.h"
#include "http/metrics.h"
#include "http/problem.h"
#include "http/router.h"
#include "ports/clock.h"
#include "ports/random.h"

namespace sallyport::http {

struct Limits {
    std::size_t header_bytes_max = 16 * 1024;  // request line and headers
    std::size_t connections_max = 10'000;      // of both doors; more are answered with 503
    std::size_t requests_per_connection_max = 100'000;
    Duration header_deadline = std::chrono::seconds(10);  // from a request's first byte
    Duration body_deadline = std::chrono::seconds(10);    // from the end of the headers
    Duration write_deadline = std::chrono::seconds(30);   // for a whole response
    Duration idle_deadline =
        std::chrono::seconds(75);  // between requests: longer than nginx keeps its own (60 s)
    Duration stop_grace = std::chrono::seconds(10);  // for clients that do not take their last answer
};

struct ServerOptions {
    std::string listen = "127.0.0.1:8080";
    std::string private_listen = "127.0.0.1:8081";  // empty: no private door
    std::vector<std::string> allowed_hosts;  // "localhost:8080": any other Host gets 421 on the public door
    std::vector<Network> trusted_proxies;
    std::size_t event_loops = 0;  // 0: one a core
    std::string report_path;      // of Content-Security-Policy violations; empty: not reported
    Limits limits;
};

struct ListenError {
    std::string address;
    std::string reason;  // of the operating system, in English: "Address already in use"
};

/// An IPv4 or IPv6 address and a port.
struct ListenAddress {
    IpAddress address;
    std::uint16_t port = 0;
};
/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (127.0.0.1). Port 0 lets the system choose.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

class Server {
public:
    /// What is passed must outlive the server; the router must be complete. `random` and `clock` are called
    /// from every loop's thread, one at a time.
    Server(ServerOptions options, const Router& router, const ErrorPages& error_pages, Metrics& metrics,
           const ports::Clock& clock, ports::Random& random);
    ~Server();  // stop()
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds both doors; nothing is accepted before start().
    std::optional<ListenError> listen();
    /// The bound ports, after listen(); 0 where there is no such door.
    [[nodiscard]] std::uint16_t public_port() const noexcept;
    [[nodiscard]] std::uint16_t private_port() const noexcept;
    /// Between listen() and start(): for a host whose port was chosen by the system.
    void allow_host(std::string host);
    /// Starts the event loops.
    void start();
    /// Closes the doors and idle connections, lets running requests end and their answers be sent, then
    /// returns.
    void stop();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::http
