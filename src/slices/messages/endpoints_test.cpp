#include "slices/messages/endpoints.h"

#include "base/check.h"
#include "slices/messages/compose.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

ports::OutgoingMail mail(std::string subject)
{
    return compose({"Exchange", *Email::parse("security@exchange.example"), "exchange.example"},
                   {*Email::parse("ada@mail.example"), std::move(subject), "Code 123456\n",
                    "<p>Code 123456</p>\n", OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")),
                    from_unix_ms(0), "en"});
}

class DevRoutes : public testing::Test {
protected:
    DevRoutes()
    {
        const auto page_of = [](const http::Request&) { return render::Page(); };
        add_dev_routes(m_router, m_mailbox, m_phone, Secret::from_text("right token"), page_of);
    }
    http::Response get(std::string query, std::string authorization = "")
    {
        return at("/dev/messages", true, std::move(query), std::move(authorization));
    }
    http::Response at(const std::string& path, bool json, std::string query, std::string authorization = "")
    {
        auto match = m_router.match(http::Method::get, path, http::Door::public_door);
        CHECK(match.route != nullptr);
        http::Request request;
        request.path = path;
        request.captures = std::move(match.captures);
        request.wants_json = json;
        if (!query.empty()) {
            std::vector<std::pair<std::string, std::string>> fields{{"token", std::move(query)}};
            request.query = http::Fields(std::move(fields));
        }
        if (!authorization.empty()) request.headers.emplace_back("authorization", std::move(authorization));
        return sync_wait(match.route->handler(std::move(request)));
    }
    DevMailbox m_mailbox;
    DevPhone m_phone;
    http::Router m_router;
};

TEST_F(DevRoutes, WantTheToken)
{
    EXPECT_EQ(get("").status, 401U);
    EXPECT_EQ(get("wrong-token").status, 401U);
    EXPECT_EQ(get("right toke").status, 401U);
    EXPECT_EQ(get("", "Basic right token").status, 401U);
    EXPECT_EQ(get("right token").status, 200U);
    EXPECT_EQ(get("", "Bearer right token").status, 200U);
}

TEST_F(DevRoutes, GiveMessagesNewestFirst)
{
    (void)sync_wait(m_mailbox.send(mail("One \"quoted\"")));
    (void)sync_wait(m_mailbox.send(mail("منصة")));
    const auto all = boost::json::parse(get("right token").body).as_array();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("subject").as_string(), "منصة");
    EXPECT_EQ(all[1].at("subject").as_string(), "One \"quoted\"");
    EXPECT_EQ(all[1].at("number").as_int64(), 1);
    EXPECT_EQ(all[1].at("to").as_string(), "ada@mail.example");
    EXPECT_EQ(all[1].at("text").as_string(), "Code 123456\n");
    EXPECT_EQ(all[1].at("html").as_string(), "<p>Code 123456</p>\n");
    EXPECT_EQ(all[1].at("headers").at("From").as_string(), "\"Exchange\" <security@exchange.example>");
    EXPECT_EQ(all[1].at("headers").at("Auto-Submitted").as_string(), "auto-generated");
    EXPECT_EQ(all[1].at("headers").as_object().size(), 9U);
    EXPECT_TRUE(all[1].at("raw").as_string().starts_with("Date: Thu, 01 Jan 1970"));
}

TEST_F(DevRoutes, ShowThePhoneBesideTheMailbox)
{
    EXPECT_EQ(at("/dev/texts", true, "").status, 401U);
    EXPECT_EQ(at("/dev/phone", false, "wrong").status, 401U);
    EXPECT_NE(at("/dev/phone", false, "right token").body.find("No text message yet"), std::string::npos);
    (void)sync_wait(m_phone.send({"a", "+351912345678", "One <b>", "en"}));
    (void)sync_wait(m_phone.send({"b", "+491512345678", "رمز", "ar"}));
    const auto all = boost::json::parse(at("/dev/texts", true, "right token").body).as_array();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("text").as_string(), "رمز");
    EXPECT_EQ(all[0].at("language").as_string(), "ar");
    EXPECT_EQ(all[1].at("to").as_string(), "+351912345678");
    EXPECT_EQ(all[1].at("id").as_string(), "a");
    const std::string page = at("/dev/phone", false, "right token").body;
    EXPECT_NE(page.find("One &lt;b"), std::string::npos);
    EXPECT_LT(page.find("+49151"), page.find("+35191"));
    EXPECT_NE(page.find("href=\"/dev/mailbox?token=right%20token\""), std::string::npos);
    const std::string mailbox = at("/dev/mailbox", false, "right token").body;
    EXPECT_NE(mailbox.find("href=\"/dev/phone?token=right%20token\""), std::string::npos);
}

TEST_F(DevRoutes, KeepTheNewestTexts)
{
    for (std::size_t i = 0; i < DevPhone::texts_max + 3; ++i)
        (void)sync_wait(m_phone.send({"a", "+351912345678", std::to_string(i), "en"}));
    const auto kept = m_phone.texts();
    EXPECT_EQ(kept.size(), DevPhone::texts_max);
    EXPECT_EQ(kept.front().text.text, std::to_string(DevPhone::texts_max + 2));
}

TEST_F(DevRoutes, ShowTheMailboxToPeople)
{
    EXPECT_NE(at("/dev/mailbox", false, "right token").body.find("No mail yet"), std::string::npos);
    (void)sync_wait(m_mailbox.send(mail("First <b>")));
    (void)sync_wait(m_mailbox.send(mail("Second")));
    const std::string list = at("/dev/mailbox", false, "right token").body;
    EXPECT_NE(list.find("First &lt;b"), std::string::npos);
    EXPECT_LT(list.find("Second"), list.find("First"));
    EXPECT_NE(list.find("href=\"/dev/mailbox/1?token=right%20token\""), std::string::npos) << list;
    EXPECT_EQ(at("/dev/mailbox", false, "", "Bearer right token").body.find("?token="), std::string::npos);

    const http::Response one = at("/dev/mailbox/1", false, "right token");
    EXPECT_EQ(one.status, 200U);
    for (const char* part : {"Code 123456\n</pre>", "&lt;p&gt;Code 123456&lt;/p&gt;", "Auto-Submitted"})
        EXPECT_NE(one.body.find(part), std::string::npos) << part;
    EXPECT_EQ(at("/dev/mailbox/3", false, "right token").status, 404U);
    EXPECT_EQ(at("/dev/mailbox/x", true, "right token").status, 404U);
}

TEST_F(DevRoutes, KeepTheHtmlPartInASandbox)
{
    (void)sync_wait(m_mailbox.send(mail("One")));
    const http::Response html = at("/dev/mailbox/1/html", false, "right token");
    EXPECT_EQ(html.body, "<p>Code 123456</p>\n");
    std::string policy;
    for (const auto& [name, value] : html.headers)
        if (name == "Content-Security-Policy") policy = value;
    for (const char* part : {"default-src 'none'", "sandbox;", "frame-ancestors 'none'"})
        EXPECT_NE(policy.find(part), std::string::npos) << policy;
    EXPECT_EQ(policy.find("script"), std::string::npos);
}

TEST_F(DevRoutes, AskPeopleForTheToken)
{
    for (const char* path : {"/dev/mailbox", "/dev/mailbox/1", "/dev/mailbox/1/html"}) {
        const http::Response without = at(path, false, "");
        EXPECT_EQ(without.status, 401U);
        EXPECT_NE(without.body.find("action=\"/dev/mailbox\""), std::string::npos);
        EXPECT_EQ(without.body.find("Problem:"), std::string::npos);
        EXPECT_NE(at(path, false, "wrong").body.find("Problem:"), std::string::npos);
    }
}

TEST_F(DevRoutes, KeepTheNewestOnly)
{
    for (std::size_t i = 0; i < DevMailbox::messages_max + 5; ++i)
        (void)sync_wait(m_mailbox.send(mail(std::to_string(i))));
    const auto kept = m_mailbox.messages();
    ASSERT_EQ(kept.size(), DevMailbox::messages_max);
    EXPECT_EQ(kept.front().mail->subject, "204");
    EXPECT_EQ(kept.back().mail->subject, "5");
}

TEST(DevRoutesToken, IsNeverEmpty)
{
    const DevMailbox mailbox;
    http::Router router;
    const auto page_of = [](const http::Request&) { return render::Page(); };
    EXPECT_THROW(add_dev_routes(router, mailbox, DevPhone(), Secret(), page_of), ProgrammingError);
}

}  // namespace
}  // namespace sallyport::messages
