#include "http/message.h"

#include "base/check.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

std::optional<std::string> cookie(std::initializer_list<std::string> headers,
                                  std::string_view name = "session")
{
    Request request;
    for (const auto& header : headers) request.headers.emplace_back("cookie", header);
    return request.cookie(name);
}

TEST(Cookies, FindsOurs)
{
    EXPECT_EQ(cookie({"__Host-session=abc"}), "abc");
    EXPECT_EQ(cookie({"a=1; __Host-session=abc; b=2"}), "abc");
    EXPECT_EQ(cookie({"a=1;__Host-session=a=b;b=2"}), "a=b");
    EXPECT_EQ(cookie({"a=1", "__Host-session=abc"}), "abc");
    EXPECT_EQ(cookie({"strange \" stuff, here; ; =; __Host-session=abc"}), "abc");
    EXPECT_EQ(cookie({"__Host-session2=x; x__Host-session=y; __Host-session=abc"}), "abc");
}

TEST(Cookies, AMalformedOrDoubledCookieIsAbsent)
{
    const std::vector<std::vector<std::string>> cases{
        {""},
        {";"},
        {"__Host-session"},
        {"__Host-session="},
        {"session=abc"},
        {"__host-session=abc"},
        {"__Host-session =abc"},
        {"__Host-session=a b"},
        {"__Host-session=\"abc\""},
        {"__Host-session=a,b"},
        {"__Host-session=a\\b"},
        {"__Host-session=caf\xc3\xa9"},
        {"__Host-session=abc "},
        {"__Host-session=a\x01"},
        {"__Host-session=abc; __Host-session=abc"},
        {"__Host-session=abc; __Host-session="},
        {"__Host-session=abc", "__Host-session=abd"},
    };
    for (const auto& headers : cases) {
        Request request;
        for (const auto& header : headers) request.headers.emplace_back("cookie", header);
        EXPECT_EQ(request.cookie("session"), std::nullopt) << headers.front();
    }
}

TEST(Cookies, WritesTheHeader)
{
    EXPECT_EQ(set_cookie_header("session", "abc", std::nullopt),
              "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
    EXPECT_EQ(set_cookie_header("session", "", std::chrono::seconds(0)),
              "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    EXPECT_THROW(set_cookie_header("session", "a;b", std::nullopt), ProgrammingError);
    EXPECT_THROW(set_cookie_header("session", "a\r\nb", std::nullopt), ProgrammingError);
}

TEST(Message, SetReplacesAndAddAppends)
{
    Response response;
    response.set("Vary", "Accept").set("vary", "Origin").add("Set-Cookie", "a").add("Set-Cookie", "b");
    ASSERT_EQ(response.headers.size(), 3U);
    EXPECT_EQ(response.headers[0].second, "Origin");
    EXPECT_EQ(response.headers[2].second, "b");
}

}  // namespace
}  // namespace sallyport::http
