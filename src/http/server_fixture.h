#pragma once
// A server with a few routes, and a client that writes what it likes: for the tests of this folder.
#include "base/log.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

namespace sallyport::http {

class FixedClock final : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override { return Instant(std::chrono::seconds(784111777)); }
};
class CountingRandom final : public ports::Random {
public:
    void fill(std::span<std::uint8_t> out) override
    {
        for (auto& byte : out) byte = m_next++;
    }

private:
    std::uint8_t m_next = 0;
};

/// A TCP connection to the loopback address. Reading stops at a time limit, which fails the test.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) : m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr generic{};
        std::memcpy(&generic, &address, sizeof(generic));
        if (::connect(m_socket, &generic, sizeof(generic)) != 0)
            ADD_FAILURE() << "connect: " << std::strerror(errno);
    }
    ~RawClient() { ::close(m_socket); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// False where the server has closed the connection.
    bool send(std::string_view text)
    {
        while (!text.empty()) {
            const ssize_t sent = ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void finish_sending() { ::shutdown(m_socket, SHUT_WR); }

    /// One response, by its Content-Length; what is there where the connection ends before. `without_body`:
    /// of HEAD.
    std::string response(bool without_body = false)
    {
        for (;;) {
            const std::size_t head = m_received.find("\r\n\r\n");
            if (head != std::string::npos) {
                const std::size_t total =
                    head + 4 + (without_body ? 0 : content_length(m_received.substr(0, head + 2)));
                if (m_received.size() >= total) {
                    std::string one = m_received.substr(0, total);
                    m_received.erase(0, total);
                    return one;
                }
            }
            if (!receive()) return std::exchange(m_received, {});
        }
    }
    /// Everything until the server closes.
    std::string rest()
    {
        while (receive()) {
        }
        return std::exchange(m_received, {});
    }

    /// Whether the server says something, or closes, within the time.
    bool hears_within(std::chrono::milliseconds limit)
    {
        pollfd waiting{m_socket, POLLIN, 0};
        return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
    }

private:
    static std::size_t content_length(const std::string& head)
    {
        const std::size_t at = head.find("\r\nContent-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
    }
    bool receive()
    {
        pollfd waiting{m_socket, POLLIN, 0};
        constexpr int patience_ms = 20'000;
        if (::poll(&waiting, 1, patience_ms) != 1) {
            ADD_FAILURE() << "no answer in time";
            return false;
        }
        std::array<char, 65536> buffer{};
        const ssize_t count = ::recv(m_socket, buffer.data(), buffer.size(), 0);
        if (count <= 0) return false;
        m_received.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }

    int m_socket;
    std::string m_received;
};

/// "200" of "HTTP/1.1 200 OK…"; empty where there is no response.
inline std::string status_of(const std::string& response)
{
    return response.size() < 12 ? "" : response.substr(9, 3);
}
inline std::string body_of(const std::string& response)
{
    const std::size_t at = response.find("\r\n\r\n");
    return at == std::string::npos ? "" : response.substr(at + 4);
}
inline std::string header_of(const std::string& response, const std::string& name)
{
    const std::size_t at = response.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 4;
    return response.substr(from, response.find("\r\n", from) - from);
}

/// Answers what was asked, so that a test can see what the handler saw.
inline Response echo(const Request& request)
{
    Response response;
    response.set("Content-Type", "text/plain; charset=utf-8");
    std::string& out = response.body;
    out = "path=" + request.path + " client=" + request.client.text() +
          " secure=" + (request.secure ? "1" : "0");
    for (const auto& [name, value] : request.form.entries())
        out.append(" form.").append(name).append("=").append(value);
    for (const auto& [name, value] : request.query.entries())
        out.append(" query.").append(name).append("=").append(value);
    for (const auto& part : request.captures) out.append(" part=").append(part);
    out += " cookie=" + request.cookie("session").value_or("none");
    return response;
}

class ServerTest : public testing::Test {
protected:
    /// Change before start_server().
    ServerOptions m_options{.listen = "127.0.0.1:0",
                            .private_listen = "127.0.0.1:0",
                            .allowed_hosts = {"sallyport.test", "localhost:8080"},
                            .trusted_proxies = {},
                            .event_loops = 2,
                            .report_path = {},
                            .limits = {}};
    Router m_router;
    Metrics m_metrics;
    FixedClock m_clock;
    CountingRandom m_random;
    PlainErrorPages m_error_pages;
    std::unique_ptr<Server> m_server;

    ServerTest();
    void start_server()
    {
        m_server = std::make_unique<Server>(m_options, m_router, m_error_pages, m_metrics, m_clock, m_random);
        const auto error = m_server->listen();
        ASSERT_FALSE(error.has_value()) << error->address << ": " << error->reason;
        m_server->start();
    }
    RawClient client() const { return RawClient(m_server->public_port()); }
    /// Sends one request on a connection of its own.
    std::string ask(std::string_view text) const
    {
        RawClient one(m_server->public_port());
        one.send(text);
        return one.response();
    }
};

}  // namespace sallyport::http
