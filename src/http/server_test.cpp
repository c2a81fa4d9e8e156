#include "http/server_fixture.h"

#include <future>

namespace sallyport::http {

namespace {

Task<Response> answer(Request request) { co_return echo(request); }

Task<Response> fail_unavailable(Request /*request*/)
{
    throw Unavailable("the database is down");
    co_return Response();
}

Task<Response> fail_programming(Request /*request*/)
{
    CHECK(false);
    co_return Response();
}

Task<Response> fail_other(Request request)
{
    throw std::runtime_error("the password is " + std::string(request.form.get("password")));
    co_return Response();
}

/// Work on another thread, as a database's.
Task<Response> answer_from_another_thread(Request request)
{
    Completion<int> completion;
    Scheduler* const before = Scheduler::current();
    const auto worker = std::async(std::launch::async, [source = completion.source()] { source.value(7); });
    const int value = co_await completion;
    Response response = echo(request);
    response.body +=
        " value=" + std::to_string(value) + (Scheduler::current() == before ? " same" : " other");
    co_return response;
}

class LogLines final : public log::Sink {
public:
    LogLines() { log::install(this); }
    ~LogLines() override { log::install(nullptr); }
    void write(log::Level /*level*/, std::string_view line) override
    {
        const Lock lock(m_mutex);
        m_lines.append(line).append("\n");
    }
    std::string text()
    {
        const Lock lock(m_mutex);
        return m_lines;
    }
    bool has(const std::string& reference)
    {
        return reference.size() == 8 && text().find("reference=\"" + reference + "\"") != std::string::npos;
    }

private:
    Mutex m_mutex;
    std::string m_lines GUARDED_BY(m_mutex);
};

/// The reference number of problem details; empty where there is none.
std::string reference_in(const std::string& response)
{
    constexpr std::string_view before = R"(,"reference":")";
    const std::size_t at = response.find(before);
    if (at == std::string::npos || !response.ends_with("\"}")) return {};
    return response.substr(at + before.size(), response.size() - 2 - at - before.size());
}

constexpr std::string_view simple_get = "GET / HTTP/1.1\r\nHost: sallyport.test\r\n\r\n";

std::string post(std::string_view path, std::string_view headers, std::string_view body)
{
    std::string text = "POST ";
    text.append(path).append(" HTTP/1.1\r\nHost: sallyport.test\r\n").append(headers);
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return text;
}

std::string post_json(std::string_view path, std::string_view body)
{
    return post(path, "Content-Type: application/json\r\n", body);
}

}  // namespace

ServerTest::ServerTest()
{
    m_router.add(Method::get, "/", answer);
    m_router.add(Method::post, "/form", answer);
    m_router.add(Method::post, "/small", answer, {.body_bytes_max = 10});
    m_router.add(Method::get, "/item/{id}", answer);
    m_router.add(Method::get, "/thread", answer_from_another_thread);
    m_router.add(Method::get, "/unavailable", fail_unavailable);
    m_router.add(Method::get, "/bug", fail_programming);
    m_router.add(Method::post, "/leak", fail_other);
    m_router.add(Method::get, "/only-private", answer, {.door = Door::private_door});
    const QuickHandler quick = [](const Request& request) -> std::optional<Response> {
        if (!request.query.has("slow")) return echo(request);
        return std::nullopt;
    };
    m_router.add(Method::get, "/quick", answer_from_another_thread, {.quick = quick});
    const QuickHandler asset = [](const Request& /*request*/) -> std::optional<Response> {
        Response response;
        response.set("cache-control", "public, max-age=31536000, immutable").set("Content-Type", "text/css");
        response.body = std::string(3 << 20U, 'x');
        return response;
    };
    m_router.add(Method::get, "/asset", nullptr, {.quick = asset});
    const QuickHandler split = [](const Request& /*request*/) -> std::optional<Response> {
        Response response;
        response.set("X-Thing", "a\r\nSet-Cookie: b");
        return response;
    };
    m_router.add(Method::get, "/split", nullptr, {.quick = split});
}

namespace {

TEST_F(ServerTest, AnswersAndKeepsTheConnection)
{
    start_server();
    RawClient one(m_server->public_port());
    for (int i = 0; i < 3; ++i) {
        one.send(simple_get);
        const std::string response = one.response();
        EXPECT_EQ(status_of(response), "200");
        EXPECT_EQ(body_of(response), "path=/ client=127.0.0.1 secure=0 cookie=none");
        EXPECT_EQ(header_of(response, "Date"), "Sun, 06 Nov 1994 08:49:37 GMT");
        EXPECT_EQ(header_of(response, "Connection"), "");
    }
    one.send("GET /item/a%20b?x=1%26 HTTP/1.1\r\nHost: sallyport.test\r\nCookie: "
             "__Host-session=abc\r\nConnection: close\r\n\r\n");
    const std::string last = one.rest();
    EXPECT_EQ(body_of(last), "path=/item/a b client=127.0.0.1 secure=0 query.x=1& part=a b cookie=abc");
    EXPECT_EQ(header_of(last, "Connection"), "close");
}

TEST_F(ServerTest, EveryResponseHasTheSecurityHeaders)
{
    start_server();
    for (const std::string& response :
         {ask(simple_get), ask("GET /nothing HTTP/1.1\r\nHost: sallyport.test\r\n\r\n"),
          ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), ask("garbage\r\n\r\n")}) {
        EXPECT_EQ(
            header_of(response, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri "
            "'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app");
        EXPECT_EQ(header_of(response, "Cross-Origin-Opener-Policy"), "same-origin");
        EXPECT_EQ(header_of(response, "Cross-Origin-Resource-Policy"), "same-origin");
        EXPECT_EQ(header_of(response, "Referrer-Policy"), "same-origin");
        EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
        EXPECT_NE(header_of(response, "Permissions-Policy").find("camera=()"), std::string::npos);
        EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
        EXPECT_EQ(header_of(response, "Strict-Transport-Security"), "");
    }
}

TEST_F(ServerTest, AHandlersOwnHeaderWinsAndALargeBodyArrivesWhole)
{
    start_server();
    const std::string response = ask("GET /asset HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(header_of(response, "Cache-Control"), "");
    EXPECT_EQ(header_of(response, "cache-control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header_of(response, "Referrer-Policy"), "same-origin");
    EXPECT_EQ(body_of(response).size(), 3U << 20U);
}

TEST_F(ServerTest, AHeaderThatWouldSplitTheResponseIs500)
{
    start_server();
    const std::string response = ask("GET /split HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(status_of(response), "500");
    EXPECT_EQ(header_of(response, "Set-Cookie"), "");
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody)
{
    start_server();
    RawClient one(m_server->public_port());
    one.send("HEAD / HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    const std::string head = one.response(true);
    EXPECT_EQ(status_of(head), "200");
    EXPECT_EQ(header_of(head, "Content-Length"), "44");
    one.send(simple_get);
    EXPECT_EQ(body_of(one.response()).size(), 44U);
}

TEST_F(ServerTest, QuickHandlerAnswersOrGoesOn)
{
    start_server();
    RawClient one(m_server->public_port());
    one.send("GET /quick HTTP/1.1\r\nHost: sallyport.test\r\n\r\nGET /quick?slow=1 HTTP/1.1\r\nHost: "
             "sallyport.test\r\n\r\n");
    EXPECT_EQ(body_of(one.response()), "path=/quick client=127.0.0.1 secure=0 cookie=none");
    EXPECT_EQ(body_of(one.response()),
              "path=/quick client=127.0.0.1 secure=0 query.slow=1 cookie=none value=7 same");
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder)
{
    start_server();
    RawClient one(m_server->public_port());
    std::string text;
    constexpr int requests = 200;
    for (int i = 0; i < requests; ++i) {
        const std::string path = i % 3 == 0 ? "/thread?n=" : i % 3 == 1 ? "/quick?n=" : "/?n=";
        text += "GET " + path + std::to_string(i) + " HTTP/1.1\r\nHost: sallyport.test\r\n\r\n";
        if (i % 10 == 0) text += post_json("/form", "{\"n\":" + std::to_string(i) + "}");
    }
    one.send(text);
    for (int i = 0; i < requests; ++i) {
        EXPECT_NE(one.response().find("query.n=" + std::to_string(i) + " "), std::string::npos);
        if (i % 10 == 0)
            EXPECT_NE(one.response().find("form.n=" + std::to_string(i) + " "), std::string::npos);
    }
}

TEST_F(ServerTest, SplitAnywhereARequestIsTheSame)
{
    start_server();
    RawClient one(m_server->public_port());
    const std::string text =
        post_json("/form", R"({"a":"1"})") +
        "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n4;x=y\r\n{\"a\"\r\n5\r\n:\"2\"}\r\n0\r\n\r\n";
    for (const char c : text) one.send(std::string_view(&c, 1));
    EXPECT_EQ(body_of(one.response()), "path=/form client=127.0.0.1 secure=0 form.a=1 cookie=none");
    EXPECT_EQ(body_of(one.response()), "path=/form client=127.0.0.1 secure=0 form.a=2 cookie=none");
}

TEST_F(ServerTest, ContinuesWhereItIsAsked)
{
    start_server();
    RawClient one(m_server->public_port());
    one.send("POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Type: "
             "application/json\r\nContent-Length: 9\r\n"
             "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(one.response(), "HTTP/1.1 100 Continue\r\n\r\n");
    one.send(R"({"a":"1"})");
    EXPECT_NE(one.response().find("form.a=1"), std::string::npos);
    EXPECT_EQ(
        status_of(ask("POST /small HTTP/1.1\r\nHost: sallyport.test\r\nContent-Type: application/json\r\n"
                      "Content-Length: 90\r\nExpect: 100-continue\r\n\r\n")),
        "413");
    EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: sallyport.test\r\nExpect: something\r\n\r\n")), "417");
}

TEST_F(ServerTest, FailuresAreTellableAndTellNothing)
{
    LogLines lines;
    start_server();
    const std::string unavailable = ask("GET /unavailable HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(status_of(unavailable), "503");
    EXPECT_EQ(header_of(unavailable, "Retry-After"), "5");
    EXPECT_NE(lines.text().find("the database is down"), std::string::npos);
    const std::string bug =
        ask("GET /bug HTTP/1.1\r\nHost: sallyport.test\r\nAccept: application/json\r\n\r\n");
    EXPECT_EQ(status_of(bug), "500");
    EXPECT_EQ(header_of(bug, "Content-Type"), "application/problem+json");
    EXPECT_TRUE(lines.has(reference_in(bug)));
    const std::string leak = ask(post_json("/leak", R"({"password":"hunter2"})"));
    EXPECT_EQ(status_of(leak), "500");
    EXPECT_EQ(leak.find("hunter2"), std::string::npos);
    EXPECT_EQ(lines.text().find("hunter2"), std::string::npos);
    EXPECT_EQ(status_of(ask(simple_get)), "200");
}

TEST_F(ServerTest, ARefusalHasANumberInTheAnswerAndInTheLog)
{
    LogLines lines;
    start_server();
    const std::string json =
        "GET /nothing HTTP/1.1\r\nHost: sallyport.test\r\nAccept: application/json\r\n\r\n";
    EXPECT_TRUE(lines.has(reference_in(ask(json))));
    const std::string page = ask("GET /nothing HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(body_of(page).substr(0, 14), "404 Not Found\n");
    EXPECT_TRUE(lines.has(body_of(page).substr(14, 8)));
    EXPECT_TRUE(lines.has(
        reference_in(ask("PUT /form HTTP/1.1\r\nHost: sallyport.test\r\nAccept: application/json\r\n\r\n"))));
    EXPECT_EQ(lines.text().find("/nothing"), std::string::npos) << "the log has routes, never paths";
}

/// An error in the page of an error.
class BrokenErrorPages final : public ErrorPages {
public:
    [[nodiscard]] Response draw(const Request& /*request*/, const ErrorFacts& /*facts*/) const override
    {
        throw std::runtime_error("hunter2");
    }
};

TEST_F(ServerTest, AnErrorPageThatCannotBeDrawnStillAnswers)
{
    LogLines lines;
    const BrokenErrorPages broken;
    m_server = std::make_unique<Server>(m_options, m_router, broken, m_metrics, m_clock, m_random);
    ASSERT_FALSE(m_server->listen().has_value());
    m_server->start();
    const std::string unavailable = ask("GET /unavailable HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(status_of(unavailable), "503");
    EXPECT_EQ(header_of(unavailable, "Retry-After"), "5");
    EXPECT_TRUE(lines.has(body_of(unavailable).substr(body_of(unavailable).find('\n') + 1, 8)));
    const std::string wrong_method = ask("PUT /form HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    EXPECT_EQ(status_of(wrong_method), "405");
    EXPECT_EQ(header_of(wrong_method, "Allow"), "POST");
    EXPECT_EQ(status_of(ask(simple_get)), "200");
    EXPECT_NE(lines.text().find("error_page_failed"), std::string::npos);
    EXPECT_EQ(lines.text().find("hunter2"), std::string::npos);
    m_server->stop();
}

TEST_F(ServerTest, DoorsHaveTheirOwnRoutes)
{
    start_server();
    EXPECT_EQ(status_of(ask("GET /only-private HTTP/1.1\r\nHost: sallyport.test\r\n\r\n")), "404");
    RawClient inside(m_server->private_port());
    inside.send(
        "GET /only-private HTTP/1.1\r\nHost: anything\r\n\r\nGET / HTTP/1.1\r\nHost: anything\r\n\r\n");
    EXPECT_EQ(status_of(inside.response()), "200");
    EXPECT_EQ(status_of(inside.response()), "404");
}

TEST_F(ServerTest, CountsByRouteAndNeverByPath)
{
    start_server();
    ask("GET /item/secret-thing HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    ask("GET /other-thing HTTP/1.1\r\nHost: sallyport.test\r\n\r\n");
    const std::string text = m_metrics.text();
    EXPECT_NE(
        text.find("sallyport_http_requests_total{route=\"/item/{id}\",method=\"GET\",status=\"200\"} 1"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find("sallyport_http_requests_total{route=\"none\",method=\"none\",status=\"404\"} 1"),
              std::string::npos);
    EXPECT_NE(text.find("sallyport_http_request_seconds_count{route=\"/item/{id}\",method=\"GET\"} 1"),
              std::string::npos);
    EXPECT_EQ(text.find("thing"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::http
