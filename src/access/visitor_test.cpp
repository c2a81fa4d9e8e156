// What a request tells of the one who sent it.
#include "access/visitor.h"

#include "access/browser_words.h"
#include "render/browser_name.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::access {
namespace {

TEST(SafePath, FollowsPathsOfOursOnly)
{
    const std::string account = "/account";
    const std::vector<std::pair<std::string, std::string>> rows{
        {"/account/sessions", "/account/sessions"},
        {"/account/reauth/0190-a_b.c", "/account/reauth/0190-a_b.c"},
        {"", account},
        {"/", account},
        {"account", account},
        {"//evil.example", account},
        {"/\\evil.example", account},
        {"\\evil", account},
        {"/a//b", account},
        {"/a/../b", account},
        {"/a/..", account},
        {"https://evil.example/", account},
        {"javascript:alert(1)", account},
        {"/a?b=c", account},
        {"/a#b", account},
        {"/a%2f", account},
        {"/a b", account},
        {"/a\r\nSet-Cookie: x", account},
        {std::string("/a\0b", 4), account},
        {"/\xd8\xb3", account},
        {"/" + std::string(199, 'a'), "/" + std::string(199, 'a')},
        {"/" + std::string(200, 'a'), account},
    };
    for (const auto& [path, safe] : rows) EXPECT_EQ(safe_path(path), safe) << path;
}

TEST(BrowserWords, AreFromOurListsOnly)
{
    const std::vector<std::pair<std::string, std::string>> rows{
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36 Edg/126.0",
         "Edge · Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
         "Safari/537.36",
         "Chrome · Windows"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
         "Safari/537.36 EdgA/126.0",
         "Edge · Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 "
         "Mobile/15E148 Safari/604.1",
         "Safari · iPhone"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 "
         "Mobile/15E148 Safari/604.1",
         "Chrome · iPhone"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 EdgiOS/126.0 "
         "Mobile/15E148 Safari/604.1",
         "Edge · iPhone"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
         "Safari/605.1.15",
         "Safari · macOS"},
        {"curl/7.88.1", "curl"},
        {"", "?"},
        {"<script>alert(1)</script>", "?"},
        {"call +44 20 7946 0000 now, Firefox/1 \xe2\x80\xae", "Firefox"},
    };
    for (const auto& [header, words] : rows) EXPECT_EQ(browser_words(header), words) << header;
}

// A mail says no other (slices/messages/parameters.h).
TEST(BrowserWords, EveryNameOfABrowserIsOnTheListOfThose)
{
    for (const char* const browser :
         {"", "Firefox/", "Edg/", "EdgA/", "EdgiOS/", "OPR/", "SamsungBrowser/", "Vivaldi/", "CriOS/",
          "FxiOS/", "Chrome/", "Epiphany/", "Safari/", "curl/"})
        for (const char* const system :
             {"", "iPhone", "iPad", "Android", "Windows", "Mac OS X", "CrOS", "Linux"}) {
            const std::string words = browser_words(std::string(system) + ' ' + browser);
            EXPECT_TRUE(render::is_browser_name(words)) << words;
        }
    for (const char* const other : {"", "Firefox ", "Firefox · ", " · Linux", "Linux · Firefox",
                                    "Call +1 555 0100", "Firefox · Linux · Linux", "<b>"})
        EXPECT_FALSE(render::is_browser_name(other)) << other;
}

Task<http::Response> answer(int& calls, AccountId account, SignedIn who)
{
    ++calls;
    EXPECT_EQ(who.session.account, account);
    co_return http::Response{};
}

class Visitors : public testing::Test {
protected:
    http::Request request(std::vector<std::pair<std::string, std::string>> headers)
    {
        http::Request request;
        request.path = "/account/sessions";
        request.client = *IpAddress::parse("2001:db8:1:2:3:4:5:6");
        request.headers = std::move(headers);
        return request;
    }
    db::test::FreshDatabase m_fresh = db::test::engines().at(0).make();
    test::World m_w{m_fresh.database()};
    SessionCache m_cache{m_fresh.database(), m_w.keys.keys, m_w.clock, m_w.world.sessions};
    Access m_access{m_w.world, m_cache};
};

TEST_F(Visitors, ReadTheTimeOfTheirOwnZone)
{
    const auto zone = [&](const std::string& cookie) {
        return m_access.page(request({{"cookie", cookie}})).zone;
    };
    EXPECT_EQ(zone("__Host-zone=Europe/Lisbon"), "Europe/Lisbon");
    EXPECT_EQ(zone("__Host-zone=America/Port-au-Prince"), "America/Port-au-Prince");
    for (const std::string bad : {"", "__Host-zone=", "__Host-zone=Europe/Nowhere", "zone=Europe/Lisbon"})
        EXPECT_EQ(zone(bad), "UTC") << bad;
    EXPECT_EQ(zone("__Host-zone=" + std::string(65, 'a')), "UTC");
}

TEST_F(Visitors, AreNamedByAddressNetworkAndCookie)
{
    const auto token = proof::fresh_token(m_w.random);
    const std::string text(token.text.reveal_text());
    const auto asker = m_access.asker(
        request({{"user-agent", "curl/8"}, {"accept-language", "ar"}, {"cookie", "__Host-browser=" + text}}));
    EXPECT_EQ(asker.address, "2001:db8:1:2:3:4:5:6");
    EXPECT_EQ(asker.network, "2001:db8:1:2::/64");
    EXPECT_EQ(asker.browser, "curl");
    EXPECT_EQ(asker.language, "ar");
    EXPECT_EQ(asker.browser_tokens, std::vector{token.hash});
    EXPECT_EQ(m_access.asker(request({{"accept-language", "ar"}, {"cookie", "__Host-lang=en"}})).language,
              "en")
        << "what was chosen goes first";
}

TEST_F(Visitors, ABrowserHasATokenForEachOfItsAccounts)
{
    std::vector<std::string> texts;
    std::vector<store::TokenHash> hashes;
    for (int n = 0; n < 6; ++n) {
        const auto token = proof::fresh_token(m_w.random);
        texts.emplace_back(token.text.reveal_text());
        hashes.push_back(token.hash);
    }
    const auto tokens = [&](const std::string& cookie) {
        return m_access.asker(request({{"cookie", "__Host-browser=" + cookie}})).browser_tokens;
    };
    EXPECT_EQ(tokens(texts[0] + "." + texts[1]), (std::vector{hashes[0], hashes[1]}));
    std::string six;
    for (const std::string& text : texts) six += (six.empty() ? "" : ".") + text;
    EXPECT_EQ(tokens(six), (std::vector{hashes[0], hashes[1], hashes[2], hashes[3]})) << "four at most";
    EXPECT_EQ(tokens("x.." + texts[2] + "."), std::vector{hashes[2]}) << "what is no token is left out";
    for (const std::string bad : {"", ".", "x"}) EXPECT_TRUE(tokens(bad).empty()) << bad;

    using policy::sessions::BrowserToken;
    const auto opened = proof::make_session_tokens(m_w.random);
    const std::string fresh(opened.browser.text.reveal_text());
    const auto cookie_after = [&](const std::string& before, BrowserToken browser) {
        const auto asked = request({{"cookie", "__Host-browser=" + before}});
        http::Response response;
        m_access.set_session_cookies(asked, response, opened, browser);
        std::string value;
        for (const auto& [name, text] : response.headers)
            if (text.starts_with("__Host-browser=")) value = text.substr(15, text.find(';') - 15);
        return value;
    };
    EXPECT_EQ(cookie_after(texts[0], BrowserToken::none), "");
    EXPECT_EQ(cookie_after(texts[0], BrowserToken::keeps), texts[0]) << "it lives on";
    EXPECT_EQ(cookie_after("", BrowserToken::fresh), fresh);
    EXPECT_EQ(cookie_after(texts[0], BrowserToken::fresh), fresh + "." + texts[0]);
    EXPECT_EQ(cookie_after(six, BrowserToken::fresh),
              fresh + "." + texts[0] + "." + texts[1] + "." + texts[2]);
}

TEST_F(Visitors, AMalformedCookieIsNone)
{
    const std::string text(proof::fresh_token(m_w.random).text.reveal_text());
    for (const std::string& cookie :
         {std::string("__Host-session="), std::string("__Host-session=x"), "__Host-session=" + text + "A",
          "__Host-session=" + text.substr(1), "session=" + text, "__Host-session=\"" + text + "\"",
          "__Host-session=" + text + "; __Host-session=" + text, "__Host-sessions=" + text,
          std::string("\xff\xff;;;==="), "__Host-session=" + std::string(5000, 'A')}) {
        const auto visitor = sync_wait(m_access.who(request({{"cookie", cookie}})));
        EXPECT_FALSE(visitor.session_hash.has_value()) << cookie;
        EXPECT_FALSE(visitor.session.has_value());
    }
}

TEST_F(Visitors, ASessionInForceIsLetThroughAndOthersAreLedToSignIn)
{
    const auto ada = m_w.person();
    const auto token = proof::fresh_token(m_w.random);
    const std::string cookie = "__Host-session=" + std::string(token.text.reveal_text());
    int calls = 0;
    const SignedInHandler handler = [&](http::Request, SignedIn who) {
        return answer(calls, ada.id, std::move(who));
    };
    const auto wrapped = m_access.signed_in(handler);
    const auto get = sync_wait(wrapped(request({{"cookie", cookie}})));
    EXPECT_EQ(get.status, 303U);
    EXPECT_EQ(calls, 0);
    bool led = false;
    for (const auto& [name, value] : get.headers)
        led = led || (name == "Location" && value == "/signin?then=/account/sessions");
    EXPECT_TRUE(led);
    auto program = request({{"cookie", cookie}});
    program.wants_json = true;
    const auto refused = sync_wait(wrapped(std::move(program)));
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(refused.problem_code, "sign_in_needed");

    m_w.transact([&](db::Tx& tx) {
        store::insert_session(
            tx, m_w.keys.keys,
            {token.hash, ada.id, 2, 3, test::start_of_test, test::start_of_test, "curl", "192.0.2.1"});
    });
    EXPECT_EQ(sync_wait(wrapped(request({{"cookie", cookie}}))).status, 200U);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace sallyport::access
