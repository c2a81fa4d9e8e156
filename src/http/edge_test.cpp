// The parts that judge a request, without a socket.
#include "http/client_address.h"
#include "http/cross_origin.h"
#include "http/request_target.h"
#include "http/response_writer.h"
#include "http/server.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

TEST(Network, ContainsByPrefix)
{
    const std::vector<std::tuple<const char*, const char*, bool>> cases{
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"0.0.0.0/0", "1.2.3.4", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.6/31", "192.0.2.7", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "1.2.3.4", false},
        {"::1", "::1", true},
        {"10.0.0.0/8", "::ffff:10.0.0.1", true},
    };
    for (const auto& [network, address, expected] : cases) {
        const auto parsed = Network::parse(network);
        ASSERT_TRUE(parsed.has_value()) << network;
        EXPECT_EQ(parsed->contains(*IpAddress::parse(address)), expected) << network << " " << address;
    }
    for (const char* text : {"", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/", "10.0.0.0/x",
                             "10.0.0.0/8/8", "host", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8"}) {
        EXPECT_FALSE(Network::parse(text).has_value()) << text;
    }
}

TEST(ClientAddress, TheRightmostUntrustedAddressCountsOfATrustedPeerOnly)
{
    const std::vector<Network> proxies{*Network::parse("10.0.0.0/8"), *Network::parse("::1")};
    struct Case {
        const char* name;
        const char* peer;
        std::vector<std::string> forwarded;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"no header", "10.0.0.1", {}, "10.0.0.1"},
        {"untrusted peer", "192.0.2.1", {"198.51.100.1"}, "192.0.2.1"},
        {"one", "10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
        {"the client's own word is left of it", "10.0.0.1", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
        {"in two headers", "10.0.0.1", {"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
        {"through two proxies", "10.0.0.1", {"1.1.1.1, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
        {"through two proxies, two headers", "10.0.0.1", {"198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
        {"all trusted", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        {"garbage", "10.0.0.1", {"unknown"}, "10.0.0.1"},
        {"garbage on the way", "10.0.0.1", {"198.51.100.1, _hidden, 10.0.0.2"}, "10.0.0.1"},
        {"garbage that is not reached", "10.0.0.1", {"'; drop--, 198.51.100.1"}, "198.51.100.1"},
        {"empty", "10.0.0.1", {""}, "10.0.0.1"},
        {"empty last", "10.0.0.1", {"198.51.100.1,"}, "10.0.0.1"},
        {"with a port", "10.0.0.1", {"198.51.100.1:4711"}, "198.51.100.1"},
        {"v6", "::1", {"2001:db8::7"}, "2001:db8::7"},
        {"v6 in brackets", "::1", {"[2001:db8::7]:443"}, "2001:db8::7"},
        {"v6 in bad brackets", "::1", {"[2001:db8::7"}, "::1"},
        {"mapped", "10.0.0.1", {"::ffff:198.51.100.1"}, "198.51.100.1"},
        {"bad port", "10.0.0.1", {"198.51.100.1:x"}, "10.0.0.1"},
        {"NUL", "10.0.0.1", {std::string("198.51.100.1\0", 13)}, "10.0.0.1"},
    };
    for (const Case& c : cases) {
        Headers headers{{"x-forwarded-host", "evil.example"}};
        for (const auto& value : c.forwarded) headers.emplace_back("x-forwarded-for", value);
        EXPECT_EQ(client_address(*IpAddress::parse(c.peer), proxies, headers).text(), c.expected) << c.name;
    }
}

TEST(ClientAddress, TlsIsByTheTrustedPeersLastWord)
{
    const std::vector<Network> proxies{*Network::parse("10.0.0.0/8")};
    const auto secure = [&](const char* peer, const Headers& headers) {
        return is_forwarded_secure(*IpAddress::parse(peer), proxies, headers);
    };
    EXPECT_TRUE(secure("10.0.0.1", {{"x-forwarded-proto", "https"}}));
    EXPECT_TRUE(secure("10.0.0.1", {{"x-forwarded-proto", "http, https"}}));
    EXPECT_FALSE(secure("10.0.0.1", {{"x-forwarded-proto", "https, http"}}));
    EXPECT_FALSE(secure("10.0.0.1", {{"x-forwarded-proto", "https"}, {"x-forwarded-proto", "http"}}));
    EXPECT_FALSE(secure("10.0.0.1", {{"x-forwarded-proto", "httpsx"}}));
    EXPECT_FALSE(secure("10.0.0.1", {}));
    EXPECT_FALSE(secure("192.0.2.1", {{"x-forwarded-proto", "https"}}));
}

TEST(RequestTarget, IsDecodedOnce)
{
    const std::vector<std::tuple<const char*, const char*, const char*, const char*>> cases{
        {"/", "/", "", ""},
        {"/a?b=c?d", "/a", "b=c?d", ""},
        {"/a%20b%2525", "/a b%25", "", ""},
        {"/caf%C3%A9", "/café", "", ""},
        {"/a//b", "/a//b", "", ""},
        {"/a..b/...", "/a..b/...", "", ""},
        {"/%61", "/a", "", ""},
        {"/?a=%00", "/", "a=%00", ""},
        {"http://h.example/a?b", "/a", "b", "h.example"},
        {"HTTPS://h.example:8080?b", "/", "b", "h.example:8080"},
        {"http://h.example", "/", "", "h.example"},
    };
    for (const auto& [text, path, query, authority] : cases) {
        const auto target = parse_request_target(text);
        ASSERT_TRUE(target.has_value()) << text;
        EXPECT_EQ(target->path, path) << text;
        EXPECT_EQ(target->raw_query, query) << text;
        EXPECT_EQ(target->authority, authority) << text;
    }
}

TEST(RequestTarget, RefusesWhatTwoReadersCouldReadInTwoWays)
{
    for (const char* text :
         {"",          "*",      "a",     "host:443", "ftp://h/",     "http://",        "http:///a", "/%00",
          "/a%",       "/a%4",   "/a%zz", "/%ff",     "/%c0%af",      "/%2f",           "/a%2Fb",    "/a%5cb",
          "/a\\b",     "/.",     "/..",   "/a/../b",  "/a/./b",       "/a/..",          "/%2e%2e/b", "/a/%2E",
          "/a#b",      "/a?b#c", "/a b",  "/a\tb",    "/caf\xc3\xa9", "/a?caf\xc3\xa9", "/a\"",      "/<a>",
          "/a%0d%0ab", "/a%7f",  "/{a}"}) {
        EXPECT_FALSE(parse_request_target(text).has_value()) << text;
    }
}

TEST(CrossOrigin, EveryCombination)
{
    const std::vector<std::string> types{"",
                                         "application/x-www-form-urlencoded",
                                         "text/plain",
                                         "multipart/form-data; boundary=x",
                                         "application/json",
                                         "Application/JSON; charset=utf-8"};
    const std::vector<std::string> sites{"",     "same-origin", "same-site",   "cross-site",
                                         "none", "Same-Origin", "same-origin,"};
    const std::vector<std::string> origins{"",
                                           "http://localhost:8080",
                                           "https://localhost:8080",
                                           "http://localhost",
                                           "http://LOCALHOST:8080",
                                           "http://evil.example",
                                           "null",
                                           "http://localhost:8080.evil.example",
                                           "http://evil.example/http://localhost:8080"};
    for (const Method method :
         {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del}) {
        for (const auto& site : sites) {
            for (const auto& origin : origins) {
                for (const auto& type : types) {
                    Request request;
                    request.method = method;
                    if (!site.empty()) request.headers.emplace_back("sec-fetch-site", site);
                    if (!origin.empty()) request.headers.emplace_back("origin", origin);
                    if (!type.empty()) request.headers.emplace_back("content-type", type);
                    const bool safe = method == Method::get || method == Method::head;
                    const bool same_origin =
                        origin == "http://localhost:8080" || origin == "http://LOCALHOST:8080";
                    const bool json =
                        type.starts_with("application/json") || type.starts_with("Application/JSON");
                    const bool expected = safe || (!site.empty()     ? site == "same-origin"
                                                   : !origin.empty() ? same_origin
                                                                     : json);
                    EXPECT_EQ(is_from_ourselves(request, "localhost:8080"), expected)
                        << site << "|" << origin << "|" << type;
                }
            }
        }
    }
}

TEST(CrossOrigin, TheSchemeIsTheConnectionsAndAHeaderTwiceIsRefused)
{
    const auto passes = [](bool secure, const Headers& headers) {
        Request request;
        request.method = Method::post;
        request.secure = secure;
        request.headers = headers;
        return is_from_ourselves(request, "id.example");
    };
    EXPECT_TRUE(passes(true, {{"origin", "https://id.example"}}));
    EXPECT_FALSE(passes(true, {{"origin", "http://id.example"}}));
    EXPECT_FALSE(passes(false, {{"origin", "https://id.example"}}));
    EXPECT_FALSE(passes(true, {{"origin", "https://id.example"}, {"origin", "https://id.example"}}));
    EXPECT_FALSE(passes(true, {{"sec-fetch-site", "same-origin"}, {"sec-fetch-site", "cross-site"}}));
    EXPECT_TRUE(passes(true, {{"sec-fetch-site", "same-origin"}, {"origin", "null"}}));
}

TEST(ResponseWriter, WritesFlat)
{
    const ResponseWriter writer("/csp");
    Response response;
    response.status = 303;
    response.set("Location", "/a").set("referrer-policy", "no-referrer");
    response.body = "x";
    std::string out;
    writer.append(out, response, {.date = "D", .keep_alive = true, .http_1_0 = true, .secure = true});
    EXPECT_TRUE(out.starts_with("HTTP/1.1 303 See Other\r\nDate: D\r\n")) << out;
    EXPECT_NE(out.find("trusted-types app; report-to csp\r\n"), std::string::npos);
    EXPECT_NE(out.find("Reporting-Endpoints: csp=\"/csp\"\r\n"), std::string::npos);
    EXPECT_NE(out.find("Strict-Transport-Security: max-age=63072000\r\n"), std::string::npos);
    EXPECT_NE(out.find("referrer-policy: no-referrer\r\n"), std::string::npos);
    EXPECT_EQ(out.find("Referrer-Policy"), std::string::npos);
    EXPECT_TRUE(out.ends_with("Connection: keep-alive\r\nContent-Length: 1\r\n\r\nx")) << out;
    response.status = 204;
    out.clear();
    writer.append(out, response, {.date = "D"});
    EXPECT_EQ(out.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(ResponseWriter, RefusesWhatBreaksTheFraming)
{
    const ResponseWriter writer("");
    for (const auto& [name, value] : Headers{{"A", "b\r\nc"},
                                             {"A", "b\n"},
                                             {"A", std::string("b\0", 2)},
                                             {"A b", "c"},
                                             {"", "b"},
                                             {"A:", "b"},
                                             {"A\r\nB", "c"}}) {
        Response response;
        response.add(name, value);
        std::string out;
        EXPECT_THROW(writer.append(out, response, {.date = "D"}), ProgrammingError) << name;
        EXPECT_TRUE(out.empty());
    }
}

TEST(ResponseWriter, WritesTheDate)
{
    EXPECT_EQ(http_date(std::chrono::sys_seconds(std::chrono::seconds(784111777))),
              "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(std::chrono::sys_seconds(std::chrono::seconds(951782400))),
              "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(ListenAddress, IsAnAddressAndAPort)
{
    EXPECT_EQ(parse_listen_address("127.0.0.1:8080")->port, 8080);
    EXPECT_EQ(parse_listen_address("localhost:0")->address.text(), "127.0.0.1");
    EXPECT_EQ(parse_listen_address("[::1]:80")->address.text(), "::1");
    for (const char* text :
         {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
          "[127.0.0.1]:80", "host:80", "127.0.0.1:80x", "[::1]", "[::1:80"}) {
        EXPECT_FALSE(parse_listen_address(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace sallyport::http
