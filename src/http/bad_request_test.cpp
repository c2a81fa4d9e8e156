// Each wrong request and its status (issue "Bad input"), over a real socket.
#include "http/server_fixture.h"

namespace sallyport::http {
namespace {

std::string get_with(std::string_view headers)
{
    return "GET / HTTP/1.1\r\nHost: sallyport.test\r\n" + std::string(headers) + "\r\n";
}

std::string post_with(std::string_view headers, std::string_view body)
{
    std::string text = "POST /form HTTP/1.1\r\nHost: sallyport.test\r\n";
    text.append(headers)
        .append("Content-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
    return text;
}

struct Case {
    std::string name;
    std::string text;
    std::string status;
};

const std::string json = "Content-Type: application/json\r\n";
const std::string form = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const std::vector<Case> cases{
    {"garbage", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"},
    {"garbage line", "hello\r\n\r\n", "400"},
    {"no version", "GET /\r\n\r\n", "400"},
    {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: sallyport.test\r\n\r\n", "505"},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
    {"NUL in the line", std::string("GET /\0 HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", 41), "400"},
    {"NUL in a header", std::string("GET / HTTP/1.1\r\nHost: sallyport.test\r\nA: \0\r\n\r\n", 46), "400"},
    {"bare LF in a header", get_with("A: b\nc: d\r\n"), "400"},
    {"bare CR in a header", get_with("A: b\rc\r\n"), "400"},
    {"folded header", get_with("A: b\r\n c\r\n"), "400"},
    {"folded host", "GET / HTTP/1.1\r\nHost:\r\n sallyport.test\r\n\r\n", "400"},
    {"space before the colon", get_with("A : b\r\n"), "400"},
    {"name with a bracket", get_with("A(: b\r\n"), "400"},
    {"no name", get_with(": b\r\n"), "400"},
    {"no colon", get_with("Ab\r\n"), "400"},
    {"header too large", get_with("A: " + std::string(17 * 1024, 'a') + "\r\n"), "431"},
    {"line too long", "GET /" + std::string(17 * 1024, 'a'), "431"},
    {"target too long", "GET /" + std::string(9 * 1024, 'a') + " HTTP/1.1\r\nHost: sallyport.test\r\n\r\n",
     "414"},
    {"escaped NUL", "GET /%00 HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "400"},
    {"dot segments", "GET /a/../ HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "400"},
    {"query twice", "GET /?a=1&a=2 HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "400"},
    {"query not text", "GET /?a=%ff HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "400"},
    {"unknown path", "GET /x HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "404"},
    {"wrong method", "GET /form HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "405"},
    {"unknown method", "BREW / HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "405"},
    {"preflight", "OPTIONS /form HTTP/1.1\r\nHost: sallyport.test\r\nOrigin: http://evil.example\r\n\r\n",
     "405"},
    {"trace", "TRACE / HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "405"},
    {"connect", "CONNECT sallyport.test:443 HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "400"},
    {"no host", "GET / HTTP/1.1\r\n\r\n", "421"},
    {"no host, 1.0", "GET / HTTP/1.0\r\n\r\n", "421"},
    {"wrong host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421"},
    {"host and a port", "GET / HTTP/1.1\r\nHost: sallyport.test:81\r\n\r\n", "421"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: sallyport.test\r\nHost: sallyport.test\r\n\r\n", "421"},
    {"two hosts in one", "GET / HTTP/1.1\r\nHost: sallyport.test, evil.example\r\n\r\n", "421"},
    {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "421"},
    {"host in capitals", "GET / HTTP/1.1\r\nHost: SALLYPORT.test\r\n\r\n", "200"},
    {"forwarded host", get_with("X-Forwarded-Host: evil.example\r\n"), "200"},
    {"absolute form", "GET http://sallyport.test/ HTTP/1.1\r\nHost: sallyport.test\r\n\r\n", "200"},
    {"absolute form, another host", "GET http://evil.example/ HTTP/1.1\r\nHost: sallyport.test\r\n\r\n",
     "421"},
    {"content with GET", "GET / HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 3\r\n\r\nabc", "400"},
    {"two lengths",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "400"},
    {"a length twice",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
     "400"},
    {"lengths in one", "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 2, 2\r\n\r\n{}",
     "400"},
    {"negative length", "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: -1\r\n\r\n", "400"},
    {"signed length", "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: +2\r\n\r\n{}", "400"},
    {"huge length",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
    {"length and chunked",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nContent-Length: 5\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     "400"},
    {"chunked and length",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nTransfer-Encoding: chunked\r\nContent-Length: "
     "5\r\n\r\n0\r\n\r\n",
     "400"},
    {"chunked twice",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nTransfer-Encoding: chunked, "
     "chunked\r\n\r\n0\r\n\r\n",
     "501"},
    {"chunked in two headers",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     "400"},
    {"gzip", "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
    {"xchunked", "POST /form HTTP/1.1\r\nHost: sallyport.test\r\nTransfer-Encoding: xchunked\r\n\r\n", "501"},
    {"chunked in 1.0",
     "POST /form HTTP/1.0\r\nHost: sallyport.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    {"bad chunk size",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\n" + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
     "400"},
    {"trailer",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\n" + json +
         "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nHost: x\r\n\r\n",
     "400"},
    {"chunks too long",
     "POST /form HTTP/1.1\r\nHost: sallyport.test\r\n" + json +
         "Transfer-Encoding: chunked\r\n\r\nffffff\r\n",
     "413"},
    {"body too large",
     "POST /small HTTP/1.1\r\nHost: sallyport.test\r\n" + json + "Content-Length: 11\r\n\r\n{\"a\":\"123\"}",
     "413"},
    {"body just fits",
     "POST /small HTTP/1.1\r\nHost: sallyport.test\r\n" + json + "Content-Length: 10\r\n\r\n{\"a\":\"12\"}",
     "200"},
    {"no type", post_with("Sec-Fetch-Site: same-origin\r\n", "a=1"), "415"},
    {"wrong type", post_with("Sec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\n", "a=1"), "415"},
    {"multipart",
     post_with("Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\n", "--x--"),
     "415"},
    {"two types", post_with(form + json, "a=1"), "400"},
    {"field twice", post_with(form, "a=1&a=2"), "400"},
    {"field with NUL", post_with(form, "a=%00"), "400"},
    {"field not UTF-8", post_with(form, "a=%ff"), "400"},
    {"form", post_with(form, "a=1"), "200"},
    {"empty form", post_with(form, ""), "200"},
    {"json array", post_with(json, "[]"), "400"},
    {"json name twice", post_with(json, R"({"a":1,"a":2})"), "400"},
    {"empty json", post_with(json, ""), "200"},
    {"other site", post_with("Sec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n", "{}"),
     "403"},
    {"other origin", post_with("Origin: http://evil.example\r\nContent-Type: application/json\r\n", "{}"),
     "403"},
    {"own origin",
     post_with("Origin: http://sallyport.test\r\nContent-Type: application/x-www-form-urlencoded\r\n", "a=1"),
     "200"},
    {"another allowed host as origin", post_with("Origin: http://localhost:8080\r\n" + json, "{}"), "403"},
    {"form from nowhere", post_with("Content-Type: application/x-www-form-urlencoded\r\n", "a=1"), "403"},
    {"json from nowhere", post_with(json, "{}"), "200"},
};

TEST_F(ServerTest, EveryBadRequestHasItsAnswer)
{
    start_server();
    for (const Case& c : cases) {
        RawClient one(m_server->public_port());
        one.send(c.text);
        const std::string response = one.response();
        EXPECT_EQ(status_of(response), c.status) << c.name << "\n" << response;
        EXPECT_EQ(response.find("evil"), std::string::npos) << c.name;
    }
    EXPECT_EQ(header_of(ask("PUT /form HTTP/1.1\r\nHost: sallyport.test\r\n\r\n"), "Allow"), "POST");
}

}  // namespace
}  // namespace sallyport::http
