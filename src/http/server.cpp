#include "http/server.h"

#include "base/log.h"
#include "http/connection.h"
#include "http/event_loop.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <charconv>
#include <thread>

namespace sallyport::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::string_view say_full =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nCache-Control: no-store\r\n"
    "Content-Length: 0\r\n\r\n";
constexpr Duration accept_again_after = std::chrono::milliseconds(100);  // out of descriptors

tcp::endpoint endpoint_of(const ListenAddress& listen)
{
    const auto bytes = listen.address.bytes();
    if (listen.address.is_v4()) {
        asio::ip::address_v4::bytes_type v4{};
        std::copy(bytes.begin(), bytes.end(), v4.begin());
        return {asio::ip::address_v4(v4), listen.port};
    }
    asio::ip::address_v6::bytes_type v6{};
    std::copy(bytes.begin(), bytes.end(), v6.begin());
    return {asio::ip::address_v6(v6), listen.port};
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    else if (host == "localhost")
        host = "127.0.0.1";
    const auto address = IpAddress::parse(host);
    if (!address || address->is_v4() == bracketed) return std::nullopt;
    return ListenAddress{*address, port};
}

/// One listening socket, on the first loop; it deals connections to the loop that has the fewest.
class DoorListener {
public:
    DoorListener(ServerContext& context, std::vector<std::unique_ptr<EventLoop>>& loops, Door door)
        : m_context(context), m_loops(loops), m_door(door), m_acceptor(loops.front()->io()),
          m_timer(loops.front()->io())
    {
    }
    std::optional<ListenError> listen(const std::string& text)
    {
        const auto address = parse_listen_address(text);
        if (!address) return ListenError{text, "not an address and a port"};
        const tcp::endpoint endpoint = endpoint_of(*address);
        error_code error;
        m_acceptor.open(endpoint.protocol(), error);
        if (!error) m_acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) m_acceptor.bind(endpoint, error);
        if (!error) m_acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) return ListenError{text, error.message()};
        m_port = m_acceptor.local_endpoint(error).port();
        return std::nullopt;
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return m_port; }
    void accept()
    {
        EventLoop& loop = least_loaded();
        m_acceptor.async_accept(loop.io(), [this, &loop](const error_code& error, tcp::socket socket) {
            if (error == asio::error::operation_aborted || !m_acceptor.is_open()) return;
            if (error) {
                log::write(log::Level::warning, "accept_failed", {{"reason", error.message()}});
                m_timer.expires_after(accept_again_after);
                m_timer.async_wait([this](const error_code& cancelled) {
                    if (!cancelled) accept();
                });
                return;
            }
            take(loop, std::move(socket));
            accept();
        });
    }
    /// On the first loop's thread.
    void close()
    {
        error_code ignored;
        m_acceptor.close(ignored);
        m_timer.cancel();
    }

private:
    EventLoop& least_loaded()
    {
        const auto lighter = [](const auto& a, const auto& b) { return a->load() < b->load(); };
        return **std::min_element(m_loops.begin(), m_loops.end(), lighter);
    }
    void take(EventLoop& loop, tcp::socket socket)
    {
        std::size_t connections = 0;
        for (const auto& each : m_loops) connections += each->load();
        if (connections >= m_context.limits.connections_max) {
            error_code ignored;
            socket.non_blocking(true, ignored);
            socket.write_some(asio::buffer(say_full.data(), say_full.size()), ignored);
            socket.shutdown(tcp::socket::shutdown_send, ignored);
            return;
        }
        loop.expect_connection();
        asio::post(loop.io(), [this, &loop, moved = std::move(socket)]() mutable {
            loop.add(std::make_shared<Connection>(loop, m_context, std::move(moved), m_door));
        });
    }

    ServerContext& m_context;
    std::vector<std::unique_ptr<EventLoop>>& m_loops;
    Door m_door;
    tcp::acceptor m_acceptor;
    asio::steady_timer m_timer;
    std::uint16_t m_port = 0;
};

struct Server::State {
    ServerOptions options;
    ServerContext context;
    std::vector<std::unique_ptr<EventLoop>> loops;
    std::unique_ptr<DoorListener> public_door;
    std::unique_ptr<DoorListener> private_door;
    std::vector<std::thread> threads;
};

Server::Server(ServerOptions options, const Router& router, const ErrorPages& error_pages, Metrics& metrics,
               const ports::Clock& clock, ports::Random& random)
{
    Gate gate({options.allowed_hosts, options.trusted_proxies}, router);
    ResponseWriter writer(options.report_path);
    m_state.reset(
        new State{options,
                  {options.limits, std::move(gate), std::move(writer), error_pages, metrics, clock, random},
                  {},
                  {},
                  {},
                  {}});
    std::size_t count = options.event_loops;
    if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < count; ++i)
        m_state->loops.push_back(std::make_unique<EventLoop>(m_state->context, i));
    metrics.prepare(router, count);
    metrics.add_gauge("sallyport_http_connections", "Open connections.", [state = m_state.get()] {
        std::size_t connections = 0;
        for (const auto& loop : state->loops) connections += loop->load();
        return static_cast<double>(connections);
    });
}

Server::~Server() { stop(); }

std::optional<ListenError> Server::listen()
{
    auto& state = *m_state;
    state.public_door = std::make_unique<DoorListener>(state.context, state.loops, Door::public_door);
    if (auto error = state.public_door->listen(state.options.listen)) return error;
    if (state.options.private_listen.empty()) return std::nullopt;
    state.private_door = std::make_unique<DoorListener>(state.context, state.loops, Door::private_door);
    return state.private_door->listen(state.options.private_listen);
}

std::uint16_t Server::public_port() const noexcept
{
    return m_state->public_door ? m_state->public_door->port() : std::uint16_t{0};
}
std::uint16_t Server::private_port() const noexcept
{
    return m_state->private_door ? m_state->private_door->port() : std::uint16_t{0};
}
void Server::allow_host(std::string host) { m_state->context.gate.allow_host(std::move(host)); }

void Server::start()
{
    CHECK(m_state->public_door && m_state->threads.empty());
    m_state->public_door->accept();
    if (m_state->private_door) m_state->private_door->accept();
    for (const auto& loop : m_state->loops) m_state->threads.emplace_back([&loop = *loop] { loop.run(); });
}

void Server::stop()
{
    if (m_state->threads.empty()) return;
    asio::post(m_state->loops.front()->io(), [state = m_state.get()] {
        state->public_door->close();
        if (state->private_door) state->private_door->close();
        // After the doors: a connection on its way reaches its loop before the loop is told to end.
        for (const auto& loop : state->loops) loop->stop();
    });
    for (auto& thread : m_state->threads) thread.join();
    m_state->threads.clear();
}

}  // namespace sallyport::http
