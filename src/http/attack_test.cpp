// What a hostile or broken client sends (issue "Bad input"; attack cases 11, 16, 17, 18), over a real socket.
#include "http/server_fixture.h"

#include <latch>

namespace sallyport::http {
namespace {

using namespace std::chrono_literals;

std::string get_with(std::string_view headers)
{
    return "GET / HTTP/1.1\r\nHost: sallyport.test\r\n" + std::string(headers) + "\r\n";
}

TEST_F(ServerTest, AMalformedCookieIsNoCookieAndNothingBreaks)
{
    start_server();
    for (const char* cookie : {"__Host-session=\"a\"", "__Host-session", "__Host-session=a; __Host-session=b",
                               "=;;=", "\xff\xfe"}) {
        const std::string response = ask(get_with("Cookie: " + std::string(cookie) + "\r\n"));
        EXPECT_NE(response.find("cookie=none"), std::string::npos) << cookie << response;
    }
}

TEST_F(ServerTest, ARefusedRequestDoesNotSmuggleAnother)
{
    start_server();
    RawClient one(m_server->public_port());
    one.send("POST /form HTTP/1.1\r\nHost: sallyport.test\r\nSec-Fetch-Site: cross-site\r\nContent-Length: "
             "43\r\n\r\n" +
             get_with(""));
    const std::string all = one.rest();
    EXPECT_EQ(status_of(all), "403");
    EXPECT_EQ(header_of(all, "Connection"), "close");
    EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << all;
}

TEST_F(ServerTest, ARefusalWithoutContentKeepsTheConnection)
{
    start_server();
    RawClient one(m_server->public_port());
    one.send("GET /nothing HTTP/1.1\r\nHost: sallyport.test\r\n\r\n" + get_with(""));
    EXPECT_EQ(status_of(one.response()), "404");
    EXPECT_EQ(status_of(one.response()), "200");
}

TEST_F(ServerTest, SpoofedForwardingHeadersChangeNothing)
{
    start_server();
    const std::string response =
        ask(get_with("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"));
    EXPECT_NE(response.find("client=127.0.0.1 secure=0"), std::string::npos);
    EXPECT_EQ(header_of(response, "Strict-Transport-Security"), "");
}

TEST_F(ServerTest, ATrustedProxyIsBelieved)
{
    m_options.trusted_proxies = {*Network::parse("127.0.0.0/8")};
    start_server();
    const std::string response =
        ask(get_with("X-Forwarded-For: 1.1.1.1, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"));
    EXPECT_NE(response.find("client=203.0.113.9 secure=1"), std::string::npos);
    EXPECT_NE(header_of(response, "Strict-Transport-Security"), "");
    const std::string garbage = ask(get_with("X-Forwarded-For: <script>\r\n"));
    EXPECT_NE(garbage.find("client=127.0.0.1 secure=0"), std::string::npos);
}

TEST_F(ServerTest, SlowClientsAreCut)
{
    m_options.limits.header_deadline = 200ms;
    m_options.limits.body_deadline = 200ms;
    m_options.limits.idle_deadline = 200ms;
    start_server();
    RawClient silent(m_server->public_port());
    RawClient slow_head(m_server->public_port());
    RawClient slow_body(m_server->public_port());
    RawClient idle(m_server->public_port());
    slow_head.send("GET / HTTP/1.1\r\nHost: sally");
    slow_body.send("POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Type: "
                   "application/json\r\nContent-Length: 9\r\n\r\n{");
    idle.send(get_with(""));
    EXPECT_EQ(status_of(idle.response()), "200");
    EXPECT_EQ(silent.rest(), "");
    EXPECT_EQ(status_of(slow_head.rest()), "408");
    EXPECT_EQ(status_of(slow_body.rest()), "408");
    EXPECT_EQ(idle.rest(), "");
    EXPECT_EQ(status_of(ask(get_with(""))), "200");
}

TEST_F(ServerTest, DrippingBytesDoesNotMoveTheDeadline)
{
    m_options.limits.header_deadline = 300ms;
    start_server();
    RawClient dripping(m_server->public_port());
    dripping.send("GET / HTTP/1.1\r\n");
    constexpr int bytes_max = 4000;  // fewer than the head's limit; 20 s in all
    int bytes = 0;
    while (bytes < bytes_max && !dripping.hears_within(5ms) && dripping.send("a")) ++bytes;
    EXPECT_LT(bytes, bytes_max);
    EXPECT_EQ(status_of(dripping.rest()), "408");
}

TEST_F(ServerTest, AClientThatDoesNotReadIsCut)
{
    m_options.limits.write_deadline = 200ms;
    m_options.event_loops = 1;
    start_server();
    RawClient one(m_server->public_port());
    constexpr std::size_t requests = 20;  // 60 MB: more than the system's buffers take
    std::string text;
    for (std::size_t i = 0; i < requests; ++i) text += "GET /asset HTTP/1.1\r\nHost: sallyport.test\r\n\r\n";
    one.send(text);
    for (const char* const count : {" 1\n", " 0\n"}) {
        while (m_metrics.text().find("sallyport_http_connections" + std::string(count)) ==
               std::string::npos) {
            std::this_thread::yield();
        }
    }
    EXPECT_LT(one.rest().size(), requests * (3U << 20U));
}

TEST_F(ServerTest, ConnectionsAreLimited)
{
    m_options.limits.connections_max = 3;
    start_server();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<RawClient>(m_server->public_port()));
        clients.back()->send(get_with(""));
        EXPECT_EQ(status_of(clients.back()->response()), "200");
    }
    RawClient fourth(m_server->public_port());
    const std::string full = fourth.rest();
    EXPECT_EQ(status_of(full), "503");
    EXPECT_EQ(header_of(full, "Retry-After"), "5");
    clients.clear();
    while (m_metrics.text().find("sallyport_http_connections 0") == std::string::npos)
        std::this_thread::yield();
    EXPECT_EQ(status_of(ask(get_with(""))), "200");
}

TEST_F(ServerTest, RequestsOfAConnectionAreLimited)
{
    m_options.limits.requests_per_connection_max = 2;
    start_server();
    RawClient one(m_server->public_port());
    one.send(get_with("") + get_with("") + get_with(""));
    EXPECT_EQ(header_of(one.response(), "Connection"), "");
    EXPECT_EQ(header_of(one.response(), "Connection"), "close");
    EXPECT_EQ(one.rest(), "");
}

TEST_F(ServerTest, PortInUseIsSaid)
{
    start_server();
    m_options.listen = "127.0.0.1:" + std::to_string(m_server->public_port());
    Metrics metrics;
    Server second(m_options, m_router, m_error_pages, metrics, m_clock, m_random);
    const auto error = second.listen();
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->address, m_options.listen);
    EXPECT_EQ(error->reason, "Address already in use");
}

/// A handler that waits until the test lets it go.
std::latch* g_entered = nullptr;
Completion<int>* g_gate = nullptr;
Task<Response> wait_for_the_test(Request request)
{
    g_entered->count_down();
    Completion<int>& gate = *g_gate;
    const int value = co_await gate;
    Response response = echo(request);
    response.status = static_cast<unsigned>(value);
    co_return response;
}

TEST_F(ServerTest, StoppingWaitsForHandlersAndSendsTheirAnswers)
{
    std::latch entered(1);
    Completion<int> gate;
    g_entered = &entered;
    g_gate = &gate;
    m_router.add(Method::get, "/wait", wait_for_the_test);
    start_server();
    RawClient idle(m_server->public_port());
    idle.send(get_with(""));
    EXPECT_EQ(status_of(idle.response()), "200");
    RawClient busy(m_server->public_port());
    busy.send("GET /wait HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    entered.wait();
    std::atomic<bool> stopped{false};
    std::thread stopping([&] {
        m_server->stop();
        stopped = true;
    });
    EXPECT_EQ(idle.rest(), "");  // closed at once
    EXPECT_FALSE(stopped);
    gate.source().value(201);
    const std::string response = busy.rest();
    EXPECT_EQ(status_of(response), "201");
    EXPECT_EQ(header_of(response, "Connection"), "close");
    stopping.join();
    EXPECT_TRUE(stopped);
}

TEST_F(ServerTest, StoppingUnderLoadLosesNoAnswer)
{
    start_server();
    std::atomic<int> answered{0};
    std::latch warm(4);
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            RawClient one(m_server->public_port());
            bool counted = false;
            for (;;) {
                if (!one.send("GET /thread HTTP/1.1\r\nHost: sallyport.test\r\n\r\n")) break;
                const std::string response = one.response();
                if (response.empty()) break;
                EXPECT_EQ(status_of(response), "200");
                EXPECT_TRUE(response.ends_with("same")) << response;
                if (++answered > 100 && !counted) {
                    warm.count_down();
                    counted = true;
                }
            }
            if (!counted) warm.count_down();
        });
    }
    warm.wait();
    m_server->stop();
    for (auto& client : clients) client.join();
    EXPECT_GT(answered, 100);
}

}  // namespace
}  // namespace sallyport::http
