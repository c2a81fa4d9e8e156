#include "slices/factors/endpoints.h"

#include "slices/factors/test_person.h"
#include "support/engines.h"

#include <gtest/gtest.h>

namespace sallyport::factors {
namespace {

using policy::Level;
using sallyport::test::Form;
using test::Ground;
using test::Person;

class Addresses : public testing::TestWithParam<db::test::Engine> {
protected:
    Addresses() { add_routes(m_doors.router, m_doors.access()); }

    void sign_in(Level level, policy::Methods methods = {policy::Method::password, policy::Method::totp})
    {
        m_ada.sign_in(level, methods);
        m_doors.cookie = m_ada.cookie();
    }
    boost::json::object get(const std::string& path) { return m_doors.get(path); }
    std::string page(const std::string& path) { return m_doors.page(path); }
    std::string next(const std::string& path, Form form = {}) { return m_doors.next(path, std::move(form)); }
    std::string refused(const std::string& path, Form form = {}, http::Method method = http::Method::post)
    {
        return m_doors.refused(path, std::move(form), method);
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    Ground m_ground{m_fresh.database()};
    sallyport::test::Doors m_doors{m_ground};
    Person m_ada{m_ground, "ada@mail.example", 1};
};

TEST_P(Addresses, WantASession)
{
    EXPECT_EQ(refused("/account/app", {}, http::Method::get), "401 sign_in_needed");
    EXPECT_EQ(refused("/account/app/new", {{"code", "123456"}}), "401 sign_in_needed");
    EXPECT_EQ(refused("/account/kit/new", {}, http::Method::get), "401 sign_in_needed");
}

TEST_P(Addresses, AddAnApp)
{
    sign_in(Level::aal2);
    EXPECT_EQ(get("/account/app").at("apps").as_array().size(), 1U);
    EXPECT_EQ(refused("/account/app/new", {}, http::Method::get), "410 set_up_over");
    const std::string step_up = m_doors.ask("/account/app/add");
    EXPECT_EQ(refused("/account/app/add/confirm", {{"step_up", step_up}, {"proof", "000"}}),
              "422 proof_wrong");
    // Another purpose, with the right code: nothing happens, and the code is not spent.
    EXPECT_EQ(refused("/account/kit/confirm", {{"step_up", step_up}, {"proof", m_ada.code(0)}}),
              "410 step_up_over");
    EXPECT_EQ(next("/account/app/add/confirm", {{"step_up", step_up}, {"proof", m_ada.code(0)}}),
              "/account/app/new");
    EXPECT_EQ(refused("/account/app/add/confirm", {{"step_up", step_up}, {"proof", m_ada.code(0)}}),
              "410 step_up_over");

    const auto shown = get("/account/app/new");
    const std::string key(shown.at("key").as_string());
    const std::string link(shown.at("link").as_string());
    const auto parsed = crypto::parse_otpauth(link);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(crypto::key_text(parsed->secret).reveal_text(), key);
    EXPECT_EQ(parsed->account, "ada@mail.example");
    EXPECT_NE(page("/account/app/new").find("<svg"), std::string::npos);
    const auto code = [&](std::int64_t off) {
        return crypto::code_at_step(parsed->secret, crypto::step_of(m_ground.clock.now()) + off);
    };
    EXPECT_EQ(refused("/account/app/new", {{"code", ""}}), "422 input_missing");
    EXPECT_EQ(refused("/account/app/new", {{"code", code(-4)}}), "422 phone_clock_off");
    EXPECT_EQ(m_doors.send(http::Method::get, "/account/app/new/saved", {}, false).status,
              303U);  // the code first
    EXPECT_EQ(next("/account/app/new", {{"code", code(0)}}), "/account/app/new/saved");

    const std::string end = key.substr(key.size() - 9);
    EXPECT_EQ(page("/account/app/new/saved").find(end), std::string::npos);
    EXPECT_EQ(refused("/account/app/new/saved", {{"part", "AAAA AAAA"}}), "422 backup_not_right");
    EXPECT_EQ(get("/account/app").at("apps").as_array().size(), 1U);
    EXPECT_EQ(next("/account/app/new/saved", {{"part", end}}), "/account/app?done=added");
    EXPECT_EQ(get("/account/app").at("apps").as_array().size(), 2U);
    EXPECT_EQ(page("/account/app").find(key), std::string::npos);
    EXPECT_EQ(refused("/account/app/add"), "409 too_many_apps");
    EXPECT_EQ(refused("/account/app/move"), "409 old_app_still_there");
}

TEST_P(Addresses, MakeAKit)
{
    sign_in(Level::aal2);
    EXPECT_TRUE(get("/account/kit").at("may_make").as_bool());
    const std::string step_up = m_doors.ask("/account/kit");
    EXPECT_EQ(next("/account/kit/confirm", {{"step_up", step_up}, {"proof", m_ada.code(0)}}),
              "/account/kit/new");
    const auto sheet = get("/account/kit/new");
    const auto& codes = sheet.at("codes").as_array();
    ASSERT_EQ(codes.size(), 10U);
    EXPECT_EQ(sheet.at("app_key").as_string(), crypto::key_text(m_ada.key(0)).reveal_text());
    page("/account/kit/new");
    EXPECT_EQ(next("/account/kit/new/saved"), "/account/kit/new/proof");
    const auto asked = static_cast<std::size_t>(get("/account/kit/new/proof").at("asked").as_int64());
    const std::string code(codes.at(asked - 1).as_string());
    EXPECT_EQ(page("/account/kit/new/proof").find(code), std::string::npos);
    EXPECT_EQ(refused("/account/kit/new/proof", {{"part", ""}}), "422 input_missing");
    EXPECT_EQ(refused("/account/kit/new/proof", {{"part", "UUUU"}}), "422 backup_not_right");
    EXPECT_EQ(next("/account/kit/new/proof", {{"part", code.substr(code.size() - 4)}}),
              "/account/kit?done=1");
    const auto status = get("/account/kit");
    EXPECT_EQ(status.at("left").as_int64(), 10);
    EXPECT_EQ(status.at("number").as_string(), sheet.at("number").as_string());
    EXPECT_EQ(refused("/account/kit/new", {}, http::Method::get), "410 set_up_over");
}

// attacks.md, case 8.
TEST_P(Addresses, RefuseASessionThatIsTooWeak)
{
    sign_in(Level::aal1, {policy::Method::password, policy::Method::recovery_code});
    for (const std::string path : {"/account/app/add", "/account/app/move", "/account/kit"})
        EXPECT_EQ(refused(path), "403 sign_in_stronger") << path;
    EXPECT_TRUE(get("/account/app").at("needs_sign_in").as_bool());
    EXPECT_EQ(page("/account/kit").find("action=\"/account/kit\""), std::string::npos);
}

TEST_P(Addresses, CancelAtAnyStep)
{
    sign_in(Level::aal2);
    const std::string step_up = m_doors.ask("/account/app/add");
    next("/account/app/add/confirm", {{"step_up", step_up}, {"proof", m_ada.code(0)}});
    EXPECT_EQ(next("/account/app/new/cancel"), "/account/app?cancelled=1");
    EXPECT_EQ(refused("/account/app/new", {{"code", "123456"}}), "410 set_up_over");
    EXPECT_EQ(next("/account/kit/new/cancel"), "/account/kit?cancelled=1");
}

INSTANTIATE_TEST_SUITE_P(Engines, Addresses, testing::ValuesIn(db::test::engines()), db::test::engine_name);

}  // namespace
}  // namespace sallyport::factors
