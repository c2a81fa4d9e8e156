#include "render/escape.h"

#include <gtest/gtest.h>

namespace sallyport::render {
namespace {

using namespace std::string_view_literals;

template <class Escape>
std::string made(Escape escape, std::string_view text)
{
    std::string out;
    escape(out, text);
    return out;
}
std::string own(std::string_view url, std::string_view host = "id.example")
{
    std::string out;
    escape_url(out, host, url);
    return out;
}

TEST(Escape, Html)
{
    EXPECT_EQ(made(escape_html, "a<b>&\"'\0c"sv), "a&lt;b&gt;&amp;&quot;&#39;\uFFFD"
                                                  "c");
    EXPECT_EQ(made(escape_html, "</title><script>"), "&lt;/title&gt;&lt;script&gt;");
    EXPECT_EQ(made(escape_html, ""), "");
    EXPECT_EQ(made(escape_html, "\u0645"), "\u0645");
}

TEST(Escape, UrlParts)
{
    EXPECT_EQ(made(escape_query_part, "a b&c=d/?#%\u00e9"), "a%20b%26c%3Dd%2F%3F%23%25%C3%A9");
    EXPECT_EQ(made(escape_query_part, ""), "");
    for (const char* dots : {"", ".", "..", "..."}) EXPECT_EQ(made(escape_url_part, dots), "-") << dots;
    EXPECT_EQ(made(escape_url_part, "../x"), "..%2Fx");
    EXPECT_EQ(made(escape_url_part, "a.b"), "a.b");
}

TEST(Escape, OwnUrls)
{
    for (const char* url : {"/", "/a?b=c#d", "/a//b", "https://id.example", "https://id.example/",
                            "https://id.example?x", "https://id.example#x"}) {
        EXPECT_EQ(own(url), url);
    }
    for (const char* url : {"",
                            "a",
                            "//evil",
                            "/\\evil",
                            "\\/evil",
                            "javascript:alert(1)",
                            "JaVaScRiPt:alert(1)",
                            "\tjavascript:alert(1)",
                            "/\t/evil",
                            "/\n/evil",
                            " /a",
                            "/a b",
                            "data:text/html,x",
                            "http://id.example/",
                            "https://id.example.evil/",
                            "https://id.example@evil/",
                            "https://id.example:8443/",
                            "https://id.exampl",
                            "HTTPS://id.example/",
                            "/a\x7f"}) {
        EXPECT_EQ(own(url), blocked_url) << url;
    }
    EXPECT_EQ(own("https:///", ""), blocked_url);
    EXPECT_EQ(own("/a?b=\"><x>&'"), "/a?b=&quot;&gt;&lt;x&gt;&amp;&#39;");
}

TEST(Escape, OutsideUrls)
{
    for (const char* url : {"https://client.example/cb", "http://127.0.0.1:5000/cb", "otpauth://totp/a",
                            "com.example.app:/cb", "HTTPS://a.example/"}) {
        EXPECT_EQ(made(escape_outside_url, url), url);
    }
    for (const char* url :
         {"javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\tscript:alert(1)", "\x01javascript:a",
          "vbscript:a", "data:text/html,a", "file:///etc", "blob:a", "about:blank", "", "//a.example", "/a",
          ":a", "1.a:b", "com.app\\:a", "intent:a", "a.b c:d"}) {
        EXPECT_EQ(made(escape_outside_url, url), blocked_url) << url;
    }
}

TEST(Escape, Plain)
{
    EXPECT_EQ(made(escape_plain, "a\r\n\r\nb\tc\x7f"), "a b c ");
    EXPECT_EQ(made(escape_plain, "a\u2028b\u2029c\u0085d\0e"sv), "a b c d e");
    EXPECT_EQ(made(escape_plain, "<b>&\u0645\u00e9"), "<b>&\u0645\u00e9");
    EXPECT_EQ(made(escape_plain, "\xE2\x80"), "\xE2\x80");
}

TEST(Escape, Json)
{
    EXPECT_EQ(made(escape_json, "\"\\\n\0</script>&'\u2028\u2029\u00e9"sv),
              "\\\"\\\\\\u000A\\u0000\\u003C/script\\u003E\\u0026\\u0027\\u2028\\u2029\u00e9");
}

}  // namespace
}  // namespace sallyport::render
