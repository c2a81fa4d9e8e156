// The addresses of a reset and of the kit's road as browsers and programs see them: whatever is missing, too
// long, stale or somebody else's, the answer says what to do and changes nothing.
#include "slices/reset/endpoints.h"

#include "slices/reset/walk_test.h"
#include "support/cookies.h"

namespace sallyport::reset {
namespace {

using http::Method;
using std::chrono::minutes;
using test::Form;

const std::string overlong(9000, '7');

class ResetDoors : public testing::TestWithParam<db::test::Engine> {
protected:
    ResetDoors() { add_routes(m_doors.router, m_doors.access()); }

    void wear(const std::string& name, const std::string& value) { test::wear(m_doors, {{name, value}}); }
    http::Response post(const std::string& path, Form form, bool json = true)
    {
        auto response = m_doors.send(Method::post, path, std::move(form), json);
        test::expect_not_kept(response);
        return response;
    }
    /// A reset that awaits its code; the browser wears its cookie. Gives the cookie's secret.
    std::string begin()
    {
        m_doors.cookie = "none";
        m_w.clock.advance(minutes{2});
        test::new_mails(m_w);
        const auto response = post("/reset", {{"email", m_ada.email.address()}});
        EXPECT_EQ(response.status, 200U) << response.body;
        const std::string secret = test::set_cookie(response, "reset").value_or("");
        wear("reset", secret);
        return secret;
    }
    std::string mailed()
    {
        std::string code;
        for (const auto& mail : test::new_mails(m_w)) code = test::parameter(mail, "code");
        return code;
    }
    /// As far as the page of the factor.
    void to_factor()
    {
        begin();
        ASSERT_EQ(m_doors.next("/reset/check", {{"code", mailed()}}), "/reset/factor");
    }
    std::string where(const std::string& path)
    {
        const auto response = m_doors.send(Method::get, path, {}, false);
        return response.status == 303 ? test::header_of(response, "Location")
                                      : std::to_string(response.status);
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person({.codes = 3});
};
INSTANTIATE_TEST_SUITE_P(Engines, ResetDoors, testing::ValuesIn(db::test::engines()), db::test::engine_name);

const std::vector<std::string> pages_of_a_reset{"/reset/check", "/reset/factor",  "/reset/new",
                                                "/reset/kit",   "/reset/waiting", "/reset/done"};
const std::vector<std::string> posts_of_a_reset{"/reset/check", "/reset/resend", "/reset/factor",
                                                "/reset/new", "/reset/kit"};

TEST_P(ResetDoors, TakeTheirMethodsOnly) { test::expect_methods(m_doors.router); }

TEST_P(ResetDoors, WithoutACookieAStaleOneOrAnothersNothingGoesOn)
{
    const std::string mine = begin();
    const std::string code = mailed();
    const std::vector<std::pair<std::string, std::string>> none_of_ours{
        {"reset", ""},         {"reset", mine.substr(1)},
        {"reset", mine + "A"}, {"reset", std::string(mine.size(), 'A')},
        {"reset", overlong},   {"recover", mine},  // the secret of the one is none of the other
        {"sign_in", mine},
    };
    const auto is_over = [&](const std::string& why) {
        for (const std::string& path : posts_of_a_reset) {
            const auto refused = post(path, {{"code", code}, {"new_password", std::string(fresh_password)}});
            EXPECT_EQ(refused.status, 410U) << path << ' ' << why;
            EXPECT_EQ(boost::json::parse(refused.body).at("code").as_string(), "reset_over") << path;
            EXPECT_EQ(test::set_cookie(refused, "reset"), "") << path << ": the cookie goes";
            const auto page = post(path, {{"code", code}}, false);
            EXPECT_EQ(page.status, 200U) << path << ": no error page for people (ux.md, R2)";
            EXPECT_NE(page.body.find("action=\"/reset\""), std::string::npos) << path;
        }
        for (const std::string& path : pages_of_a_reset)
            EXPECT_EQ(m_doors.refused(path, {}, Method::get), "410 reset_over") << path << ' ' << why;
    };
    for (const auto& [name, value] : none_of_ours) {
        wear(name, value);
        is_over(name + " " + value.substr(0, 60));
    }
    wear("reset", mine);
    m_w.clock.advance(minutes{30});
    is_over("too old");
    m_doors.cookie = "none";
    for (const char* const path : {"/recover/check", "/recover/new", "/recover/app"})
        EXPECT_EQ(m_doors.refused(path, {{"code", code}}), "410 reset_over") << path;
}

TEST_P(ResetDoors, ADueStepComesFirst)
{
    begin();
    for (const std::string& path : pages_of_a_reset)
        EXPECT_EQ(where(path), path == "/reset/check" ? "200" : "/reset/check") << path;
    EXPECT_EQ(m_doors.next("/reset/factor", {{"code", m_ada.code(m_w.clock.now())}}), "/reset/check");
    EXPECT_EQ(m_doors.next("/reset/kit", {{"code", std::string(m_ada.codes[0].reveal_text())}}),
              "/reset/check");
    EXPECT_EQ(m_doors.next("/reset/new", {{"new_password", std::string(fresh_password)}}), "/reset/check");
    EXPECT_EQ(m_doors.refused("/reset/new/check", {{"password", "x"}}), "409 not_awaited");
    EXPECT_EQ(m_doors.next("/reset/check", {{"code", mailed()}}), "/reset/factor");
    for (const std::string& path : pages_of_a_reset)
        EXPECT_EQ(where(path), path == "/reset/factor" || path == "/reset/kit" ? "200" : "/reset/factor");
    EXPECT_EQ(m_doors.next("/reset/new", {{"new_password", std::string(fresh_password)}}), "/reset/factor");
    EXPECT_EQ(m_doors.next("/reset/factor", {{"code", m_ada.code(m_w.clock.now())}}), "/reset/new");
    EXPECT_EQ(m_doors.next("/reset/new", {{"new_password", std::string(fresh_password)}}), "/reset/done");
    for (const std::string& path : pages_of_a_reset)
        EXPECT_EQ(where(path), path == "/reset/done" ? "200" : "/reset/done") << path;
}

TEST_P(ResetDoors, MissingAndOverlongFieldsCostNothing)
{
    m_doors.cookie = "none";
    for (const std::string& email : {std::string(), std::string("nobody at home"), overlong})
        for (const char* const path : {"/reset", "/recover/finish"}) {
            const auto refused = post(path, {{"email", email}});
            EXPECT_EQ(refused.status, 422U);
            const auto said = boost::json::parse(refused.body);
            EXPECT_EQ(said.at("code").as_string(), "email_not_right");
            EXPECT_EQ(test::header_of(refused, "Content-Type"), "application/problem+json");
            EXPECT_EQ(said.at("errors").as_array().at(0).at("field").as_string(), "email");
        }
    begin();
    const std::string code = mailed();
    for (const std::string& typed :
         {std::string(), std::string("1234567"), std::string("letters!"), overlong})
        for (int n = 0; n < 2; ++n)
            EXPECT_EQ(m_doors.refused("/reset/check", {{"code", typed}}), "422 code_malformed");
    EXPECT_EQ(m_doors.refused("/reset/check", {{"cod", code}}), "422 code_malformed") << "another name";
    EXPECT_EQ(m_doors.next("/reset/check", {{"code", code}}), "/reset/factor") << "no try was charged";
    for (const std::string& typed : {std::string(), overlong})
        EXPECT_EQ(m_doors.refused("/reset/kit", {{"code", typed}}).substr(0, 3), "401");
    EXPECT_EQ(m_doors.next("/reset/factor", {{"code", m_ada.code(m_w.clock.now())}}), "/reset/new");
    EXPECT_EQ(m_doors.refused("/reset/new"), "422 input_missing");
    EXPECT_EQ(m_doors.refused("/reset/new", {{"new_password", overlong}}), "422 password_refused");
    const auto page = post("/reset/new", {{"new_password", "short lamp"}}, false);
    EXPECT_EQ(page.status, 422U);
    EXPECT_EQ(page.body.find("short lamp"), std::string::npos) << "no page holds a password";
    for (const std::string& typed : {std::string(), std::string("0000"), overlong})
        EXPECT_EQ(m_doors.refused("/recover/stop", {{"stop", typed}}), "422 stop_code_malformed");
    EXPECT_EQ(m_doors.refused("/recover/stop", {{"stop", "00000-00000"}}), "401 stop_code_not_right");
    EXPECT_TRUE(m_w.credentials(m_ada.id).cases().empty());
}

TEST_P(ResetDoors, FiveWrongCodesEndItAndTheMailSaysWhen)
{
    begin();
    const std::string code = mailed();
    const std::string wrong = code == "00000000" ? "00000001" : "00000000";
    for (int n = 0; n < 5; ++n)
        EXPECT_EQ(m_doors.refused("/reset/check", {{"code", wrong}}), "401 code_not_right");
    EXPECT_EQ(m_doors.refused("/reset/check", {{"code", code}}), "401 code_spent");
    const auto page = m_doors.send(Method::get, "/reset/check", {}, false);
    EXPECT_EQ(page.body.find("action=\"/reset/check\""), std::string::npos) << "only a new code helps";
    const auto waits = post("/reset/resend", {});
    EXPECT_TRUE(waits.status == 200U || waits.status == 429U) << waits.body;
}

// P7c. policy::reset::link_acts is the law: looking changes nothing, and elsewhere it opens nothing.
TEST_P(ResetDoors, TheLinkOfAMailChangesNothingAndIsOfItsBrowser)
{
    const std::string mine = begin();
    const std::string code = mailed();
    const auto page = [&](const std::string& in_the_link) {
        auto response = m_doors.send(Method::get, "/reset/link/" + in_the_link, {}, false);
        test::expect_not_kept(response);
        EXPECT_FALSE(test::set_cookie(response, "reset"));
        return response;
    };
    const auto opens = [&](const http::Response& response) {
        return response.body.find("action=\"/reset/check\"") != std::string::npos;
    };
    for (int n = 0; n < 8; ++n) EXPECT_TRUE(opens(page(code))) << "whoever looks, however often";
    const std::string wrong = code == "00000000" ? "00000001" : "00000000";
    EXPECT_TRUE(opens(page(wrong))) << "what stands in it is not compared: no try, and no answer";
    for (const std::string& garbage :
         {std::string("0"), std::string("<b>"), std::string("123456789"), overlong}) {
        const auto response = page(garbage);
        EXPECT_FALSE(opens(response));
        EXPECT_EQ(response.body.find("<b>"), std::string::npos);
    }
    for (const std::string& other : {std::string(), std::string(mine.size(), 'A')}) {
        wear("reset", other);
        EXPECT_FALSE(opens(page(code))) << "another browser";
    }
    wear("reset", mine);
    EXPECT_EQ(m_doors.next("/reset/check", {{"code", code}}), "/reset/factor") << "no try was charged";
    EXPECT_EQ(where("/reset/link/" + code), "/reset/factor") << "used: on to where this browser is";
    const std::string second = begin();
    const std::string late = mailed();
    m_w.clock.advance(minutes{10});
    EXPECT_FALSE(opens(page(late))) << "too old";
    EXPECT_NE(page(late).body.find(m_ada.email.address()), std::string::npos) << "the address is kept";
}

}  // namespace
}  // namespace sallyport::reset
