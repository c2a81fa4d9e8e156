// The addresses of the sign-in as browsers and programs see them (passkeys: endpoints_key_test.cpp): what is
// missing, too long, stale or somebody else's gets an answer that says what to do, and signs nobody in.
#include "slices/sign_in/endpoints.h"

#include "slices/sign_in/endpoints_shared.h"
#include "support/cookies.h"
#include "support/engines.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using http::Method;
using test::Form;

const std::string overlong(9000, '7');

class SignInDoors : public testing::TestWithParam<db::test::Engine> {
protected:
    SignInDoors()
    {
        add_routes(m_doors.router, m_doors.access());
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
            set.start_email_codes(m_w.random.id<FactorId>(m_w.clock.now()), m_w.clock.now());
            set.save(tx, m_w.keys.keys, m_w.clock.now());
        });
    }
    void wear(const std::string& name, const std::string& value) { test::wear(m_doors, {{name, value}}); }
    http::Response post(const std::string& path, Form form, bool json = true)
    {
        auto response = m_doors.send(Method::post, path, std::move(form), json);
        test::expect_not_kept(response);
        return response;
    }
    /// Password given; the browser wears the half-finished cookie, whose secret this is.
    std::string begin()
    {
        m_doors.cookie = "none";
        const auto response = post("/signin", {{"email", "ada@mail.example"}, {"password", m_ada.password}});
        EXPECT_EQ(response.status, 200U) << response.body;
        EXPECT_FALSE(test::set_cookie(response, "session"));
        const std::string secret = test::set_cookie(response, "sign_in").value_or("");
        wear("sign_in", secret);
        return secret;
    }
    std::string code() { return m_ada.code(m_w.clock.now()); }
    std::size_t sessions() { return test::sessions_of(m_w, m_ada.id); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person({.codes = 2});
};
INSTANTIATE_TEST_SUITE_P(Engines, SignInDoors, testing::ValuesIn(db::test::engines()), db::test::engine_name);

const std::vector<std::string> second_posts{"/signin/code",      "/signin/recovery-code", "/signin/mail",
                                            "/signin/mail/send", "/signin/sms",           "/signin/sms/send"};

TEST_P(SignInDoors, TakeTheirMethodsOnly) { test::expect_methods(m_doors.router); }

TEST_P(SignInDoors, WithoutItsOwnCookieNothingGoesOn)
{
    const std::string mine = begin();
    const auto is_over = [&](const std::string& why) {
        for (const std::string& path : second_posts) {
            EXPECT_EQ(m_doors.refused(path, {{"code", code()}}), "410 sign_in_over") << path << ' ' << why;
            const auto page = post(path, {{"code", code()}}, false);
            EXPECT_EQ(page.status, 200U) << path << ": no error page for people (ux.md, R2)";
            EXPECT_EQ(test::set_cookie(page, "sign_in"), "") << path << ": the cookie goes";
            EXPECT_FALSE(test::set_cookie(page, "session")) << path;
        }
        for (const char* const path : {"/signin/code", "/signin/recovery-code", "/signin/methods",
                                       "/signin/mail", "/signin/sms", "/signin/not-received"})
            EXPECT_EQ(m_doors.refused(path, {}, Method::get), "410 sign_in_over") << path << ' ' << why;
    };
    for (const std::string& value :
         {std::string(), mine.substr(1), mine + "A", std::string(mine.size(), 'A'), overlong}) {
        wear("sign_in", value);
        is_over(value.substr(0, 60));
    }
    for (const char* const name : {"session", "reset", "recover", "pass", "browser"}) {
        wear(name, mine);
        is_over(name);
    }
    m_w.clock.advance(std::chrono::minutes{15});
    wear("sign_in", mine);
    is_over("too old");
    EXPECT_EQ(sessions(), 0U);
}

TEST_P(SignInDoors, MissingAndOverlongFieldsCostNothing)
{
    m_doors.cookie = "none";
    for (const Form& form : {Form{}, Form{{"email", "ada@mail.example"}}, Form{{"password", "x"}},
                             Form{{"email", ""}, {"password", ""}}, Form{{"Email", "a@b.example"}}}) {
        const auto refused = post("/signin", form);
        EXPECT_EQ(refused.status, 422U);
        EXPECT_EQ(test::header_of(refused, "Content-Type"), "application/problem+json");
        EXPECT_EQ(boost::json::parse(refused.body).at("code").as_string(), "input_missing");
    }
    const auto page = post("/signin", {{"email", "ada@mail.example"}, {"password", "not this lamp"}}, false);
    EXPECT_EQ(page.status, 401U);
    EXPECT_NE(page.body.find("ada@mail.example"), std::string::npos) << "the address is kept";
    EXPECT_EQ(page.body.find("not this lamp"), std::string::npos) << "the password never";
    EXPECT_EQ(m_doors.refused("/signin", {{"email", overlong}, {"password", "x"}}),
              "401 credentials_not_right");
    EXPECT_EQ(m_doors.refused("/signin", {{"email", "ada@mail.example"}, {"password", overlong}}),
              "401 credentials_not_right");
    begin();
    for (const char* const path : {"/signin/code", "/signin/recovery-code", "/signin/mail", "/signin/sms"})
        for (int n = 0; n < 12; ++n)
            EXPECT_EQ(m_doors.refused(path, n % 2 == 0 ? Form{} : Form{{"cod", code()}}), "422 input_missing")
                << path;
    for (const char* const path : {"/signin/mail", "/signin/sms"})
        for (int n = 0; n < 12; ++n)
            EXPECT_EQ(m_doors.refused(path, {{"code", overlong}}), "401 code_over") << "none was sent";
    EXPECT_EQ(m_doors.refused("/signin/pass", {{"email", "nobody at home"}}), "422 input_missing");
    const auto in = post("/signin/code", {{"code", code()}, {"then", "https://evil.example/"}});
    EXPECT_EQ(in.status, 200U) << in.body;
    EXPECT_EQ(boost::json::parse(in.body).at("next").as_string(), "/account");
    EXPECT_TRUE(test::set_cookie(in, "session"));
    EXPECT_EQ(test::set_cookie(in, "sign_in"), "") << "the half-finished one goes";
}

TEST_P(SignInDoors, ASentCodeIsAskedForByAButtonAndAnswersInWordsAndCodes)
{
    begin();
    for (const char* const path : {"/signin/mail", "/signin/sms"}) {
        const auto opened = m_doors.send(Method::get, path, {}, false);
        EXPECT_EQ(opened.status, 200U);
        EXPECT_EQ(m_doors.next(std::string(path) + "/send", {{"target", overlong}}), path);
        const auto soon = post(std::string(path) + "/send", {});
        EXPECT_EQ(soon.status, 429U);
        EXPECT_EQ(boost::json::parse(soon.body).at("code").as_string(), "code_sent_lately");
        EXPECT_FALSE(test::header_of(soon, "Retry-After").empty());
        EXPECT_EQ(m_doors.send(Method::get, std::string(path) + "/send", {}, false).status, 303U)
            << "opened by itself it leads to its page";
        const auto wrong = post(path, {{"code", "000000"}});
        if (wrong.status != 401U) continue;  // one in a million
        EXPECT_EQ(boost::json::parse(wrong.body).at("code").as_string(), "code_not_right");
        EXPECT_FALSE(test::set_cookie(wrong, "session"));
    }
    EXPECT_EQ(m_doors.send(Method::get, "/signin/not-received", {}, false).status, 200U);
}

TEST_P(SignInDoors, ThePagesOfOneHalfAreNotThoseOfAnother)
{
    const std::string first = begin();
    const std::string second = begin();
    EXPECT_NE(first, second);
    const auto in = post("/signin/code", {{"code", code()}});
    EXPECT_EQ(in.status, 200U);
    wear("sign_in", first);
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(post("/signin/code", {{"code", code()}}).status, 200U)
        << "two browsers of one person, each with its own code";
    EXPECT_EQ(sessions(), 2U);
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(m_doors.refused("/signin/code", {{"code", code()}}), "410 sign_in_over") << "used";
}

}  // namespace
}  // namespace sallyport::sign_in
