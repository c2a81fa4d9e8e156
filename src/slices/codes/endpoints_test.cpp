// The addresses of numbers and of codes by mail, as browsers and programs see them.
#include "slices/codes/endpoints.h"

#include "support/cookies.h"
#include "support/engines.h"

#include <gtest/gtest.h>

namespace sallyport::codes {
namespace {

using http::Method;
using policy::Level;
using test::Form;

const std::string overlong(9000, '7');
constexpr char number[] = "+351 912 345 678";

class CodesDoors : public testing::TestWithParam<db::test::Engine> {
protected:
    CodesDoors()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_here.cookie;
    }
    std::string code()
    {
        m_w.clock.advance(std::chrono::seconds{30});
        return m_ada.code(m_w.clock.now());
    }
    std::string texted()
    {
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::days{400}, m_w.clock.now(),
                                     store::OutboxChannel::text);
        });
        return claimed.empty() ? std::string() : test::parameter(claimed.back().mail, "code");
    }
    std::size_t numbers() { return m_w.credentials(m_ada.id).phones().size(); }
    http::Response post(const std::string& path, Form form, bool json = true)
    {
        auto response = m_doors.send(Method::post, path, std::move(form), json);
        test::expect_not_kept(response);
        return response;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person({});
    const test::Browser m_other = test::sign_in(m_w, m_ada.id);
    const test::Browser m_here = test::sign_in(m_w, m_ada.id);
};
INSTANTIATE_TEST_SUITE_P(Engines, CodesDoors, testing::ValuesIn(db::test::engines()), db::test::engine_name);

const std::vector<std::string> posts{"/account/phone",         "/account/phone/confirm",
                                     "/account/phone/change",  "/account/phone/remove",
                                     "/account/phone/keep",    "/account/phone/remove/confirm",
                                     "/account/phone/code",    "/account/phone/code/send",
                                     "/account/mail-code/on",  "/account/mail-code/on/confirm",
                                     "/account/mail-code/off", "/account/mail-code/off/confirm"};

TEST_P(CodesDoors, TakeTheirMethodsOnly) { test::expect_methods(m_doors.router); }

TEST_P(CodesDoors, WantASessionOfTheirOwn)
{
    for (const std::string& cookie : {std::string(), m_here.cookie.substr(1), m_here.cookie + "A", overlong,
                                      "none; __Host-sign_in=" + m_here.cookie}) {
        m_doors.cookie = cookie;
        for (const std::string& path : posts)
            EXPECT_EQ(m_doors.refused(path, {{"number", number}}), "401 sign_in_needed") << path;
        for (const char* const path : {"/account/phone", "/account/phone/code", "/account/mail-code"})
            EXPECT_EQ(m_doors.refused(path, {}, Method::get), "401 sign_in_needed") << path;
    }
    EXPECT_EQ(numbers(), 0U);
}

TEST_P(CodesDoors, AWeakSessionMayLookAndChangeNothing)
{
    const auto weak = test::sign_in(m_w, m_ada.id, Level::aal1, {policy::Method::password});
    m_doors.cookie = weak.cookie;
    EXPECT_NO_THROW(m_doors.page("/account/phone"));
    EXPECT_NO_THROW(m_doors.page("/account/mail-code"));
    EXPECT_EQ(m_doors.refused("/account/phone", {{"number", number}}), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/mail-code/on"), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/phone/change", {{"phone", "x"}}), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/phone/remove", {{"phone", "x"}}), "403 level_too_low");
}

TEST_P(CodesDoors, ANumberThatIsNoneIsSaidInWordsAndCodes)
{
    for (const std::string& typed : {std::string(), std::string("12"), std::string("letters"), overlong}) {
        const auto refused = post("/account/phone", {{"number", typed}, {"region", "PT"}});
        EXPECT_EQ(refused.status, 422U) << typed.substr(0, 20);
        EXPECT_EQ(boost::json::parse(refused.body).at("code").as_string(), "no_phone_number");
        EXPECT_EQ(test::header_of(refused, "Content-Type"), "application/problem+json");
    }
    EXPECT_EQ(m_doors.refused("/account/phone", {{"number", "760 123 456"}, {"region", "PT"}}),
              "422 premium_number");
    const auto page = post("/account/phone", {{"number", "not <b> a number"}, {"region", "PT"}}, false);
    EXPECT_EQ(page.status, 422U);
    EXPECT_NE(page.body.find("not &lt;b&gt; a number"), std::string::npos) << "what was typed stays, as text";
    for (const std::string& id :
         {std::string(), std::string("x"), overlong, std::string("00000000-0000-7000-8000-000000000000")})
        for (const char* const path : {"/account/phone/change", "/account/phone/remove"})
            EXPECT_EQ(m_doors.next(path, {{"phone", id}}), "/account/phone?over=1") << path;
    EXPECT_EQ(m_doors.refused("/account/phone/keep", {{"change", "x"}}), "409 too_late");
    EXPECT_EQ(numbers(), 0U);
}

TEST_P(CodesDoors, ANumberIsAddedByAFreshProofAndItsCode)
{
    EXPECT_EQ(m_doors.refused("/account/phone/code", {{"code", "123456"}}), "410 set_up_over");
    const auto id = m_doors.ask("/account/phone", {{"number", number}, {"region", "DE"}});
    ASSERT_FALSE(id.empty());
    const std::string right = code();
    EXPECT_EQ(m_doors.refused("/account/mail-code/on/confirm", {{"step_up", id}, {"proof", right}}),
              "410 step_up_over")
        << "a proof for one deed is none for another";
    m_doors.cookie = m_other.cookie;
    EXPECT_EQ(m_doors.refused("/account/phone/confirm", {{"step_up", id}, {"proof", right}}),
              "410 step_up_over")
        << "nor for another browser";
    m_doors.cookie = m_here.cookie;
    EXPECT_EQ(m_doors.refused("/account/phone/confirm", {{"step_up", overlong}, {"proof", right}}),
              "410 step_up_over");
    EXPECT_EQ(m_doors.next("/account/phone/confirm", {{"step_up", id}, {"proof", right}}),
              "/account/phone/code");
    const std::string sent = texted();
    for (const std::string& typed : {std::string(), std::string("12"), overlong})
        for (int n = 0; n < 3; ++n)
            EXPECT_EQ(m_doors.refused("/account/phone/code", {{"code", typed}}), "422 input_missing");
    EXPECT_EQ(m_doors.refused("/account/phone/code", {{"code", sent == "000000" ? "000001" : "000000"}}),
              "422 code_not_right");
    EXPECT_EQ(m_doors.refused("/account/phone/code/send"), "429 code_sent_lately");
    EXPECT_EQ(m_doors.next("/account/phone/code", {{"code", sent}}), "/account/phone?done=added");
    EXPECT_EQ(numbers(), 1U);
    const auto page = m_doors.page("/account/phone");
    EXPECT_EQ(page.find("912345678"), std::string::npos) << "shown masked";
}

// ux.md A18: what was typed is not lost when the proof came too late.
TEST_P(CodesDoors, ANumberOutlivesItsStepUp)
{
    const auto id = m_doors.ask("/account/phone", {{"number", "912 345 678"}, {"region", "PT"}});
    m_w.clock.advance(std::chrono::minutes{5});
    const auto over = post("/account/phone/confirm", {{"step_up", id}, {"proof", code()}}, false);
    EXPECT_NE(over.body.find("name=\"number\" value=\"912 345 678\""), std::string::npos) << over.body;
    EXPECT_NE(over.body.find("name=\"region\" value=\"PT\""), std::string::npos);
    EXPECT_NE(over.body.find("action=\"/account/phone\""), std::string::npos);
}

TEST_P(CodesDoors, CodesByMailGoOnAndOffByAFreshProof)
{
    auto id = m_doors.ask("/account/mail-code/on");
    EXPECT_EQ(m_doors.refused("/account/mail-code/on/confirm", {{"step_up", id}, {"proof", ""}}).substr(0, 3),
              "422");
    EXPECT_EQ(
        m_doors.next("/account/mail-code/on/confirm", {{"step_up", id}, {"proof", code()}}).substr(0, 18),
        "/account/mail-code");
    EXPECT_TRUE(m_w.credentials(m_ada.id).email_codes_since());
    EXPECT_EQ(m_doors.refused("/account/mail-code/on").substr(0, 3), "409");
    id = m_doors.ask("/account/mail-code/off");
    EXPECT_EQ(
        m_doors.next("/account/mail-code/off/confirm", {{"step_up", id}, {"proof", code()}}).substr(0, 18),
        "/account/mail-code");
    EXPECT_FALSE(m_w.credentials(m_ada.id).email_codes_since());
}

}  // namespace
}  // namespace sallyport::codes
