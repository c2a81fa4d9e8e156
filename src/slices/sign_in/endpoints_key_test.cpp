// The addresses of passkeys at the sign-in: what they say, show and set, on both engines.
#include "slices/sign_in/endpoints.h"

#include "slices/sign_in/endpoints_shared.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using policy::Method;
using test::Authenticator;
using test::Form;

constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";

class KeyDoors : public testing::TestWithParam<db::test::Engine> {
protected:
    KeyDoors() { add_routes(m_doors.router, m_doors.access()); }

    /// A cookie of ours that the answer sets; nothing where it sets none.
    static std::optional<std::string> set_cookie(const http::Response& response, const std::string& name)
    {
        for (const auto& [header, value] : response.headers)
            if (header == "Set-Cookie" && value.starts_with("__Host-" + name + "="))
                return value.substr(0, value.find(';')).substr(name.size() + 8);
        return std::nullopt;
    }
    /// The browser's cookies besides the session, which is nobody's.
    void wear(const std::vector<std::pair<std::string, std::string>>& cookies)
    {
        m_doors.cookie = "none";
        for (const auto& [name, value] : cookies) m_doors.cookie += "; __Host-" + name + "=" + value;
    }
    boost::json::object options(const std::string& path, std::string& cookie)
    {
        const auto response = m_doors.send(http::Method::post, path);
        EXPECT_EQ(response.status, 200U) << response.body;
        cookie = set_cookie(response, "passkey").value_or("");
        return boost::json::parse(response.body).as_object();
    }
    Form form(const Authenticator& key, const boost::json::object& asked)
    {
        const auto said = key.answer(*from_base64url(std::string_view(asked.at("challenge").as_string())));
        return {{"credential_id", to_base64url(key.credential_id)},
                {"client_data", to_base64url(said.client_data_json)},
                {"authenticator_data", to_base64url(said.authenticator_data)},
                {"signature", to_base64url(said.signature)},
                {"user_handle", to_base64url(proof::user_handle_of(m_ada.id))},
                {"email", "ada@mail.example"},
                {"then", "/account/devices"}};
    }
    http::Response alone(const Authenticator& key, bool json = true)
    {
        std::string challenge;
        wear({});
        const auto asked = options("/signin/passkey/options", challenge);
        wear({{"passkey", challenge}});
        return m_doors.send(http::Method::post, "/signin/passkey", form(key, asked), json);
    }
    /// The secret of a half-finished sign-in, and where the password led.
    std::pair<std::string, std::string> begin(const std::string& methods = "")
    {
        wear({{"methods", methods}});
        const auto response = m_doors.send(http::Method::post, "/signin",
                                           {{"email", "ada@mail.example"}, {"password", m_ada.password}});
        const auto answer = boost::json::parse(response.body).as_object();
        return {set_cookie(response, "sign_in").value_or(""), std::string(answer.at("next").as_string())};
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person({.codes = 1});
    const Authenticator m_phone;
};
INSTANTIATE_TEST_SUITE_P(Engines, KeyDoors, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(KeyDoors, TheBrowserFindsThePasskeyAndItSignsIn)
{
    test::enrol(m_w, m_ada.id, m_phone);
    std::string challenge;
    const auto asked = options("/signin/passkey/options", challenge);
    EXPECT_TRUE(asked.at("credentials").as_array().empty()) << "nobody learns which there are";
    EXPECT_EQ(asked.at("verification").as_string(), "required");
    EXPECT_EQ(asked.at("rp_id").as_string(), host);
    const auto response = alone(m_phone);
    ASSERT_EQ(response.status, 200U) << response.body;
    EXPECT_EQ(boost::json::parse(response.body).at("next").as_string(), "/account/devices");
    EXPECT_TRUE(set_cookie(response, "session"));
    EXPECT_TRUE(set_cookie(response, "browser"));
    EXPECT_EQ(set_cookie(response, "methods"), std::to_string(proof::bits_of({Method::passkey})));
    EXPECT_EQ(set_cookie(response, "passkey"), "") << "the challenge is used";
}

TEST_P(KeyDoors, ARefusalKeepsTheAddressAndForgetsOnlyWhatNobodyHas)
{
    test::enrol(m_w, m_ada.id, m_phone);
    const auto unknown = alone(Authenticator(host, origin, 9), false);
    EXPECT_EQ(unknown.status, 401U);
    const std::string id = to_base64url(Bytes(32, 9));
    EXPECT_NE(unknown.body.find("data-unknown=\"" + id + "\""), std::string::npos);
    EXPECT_NE(unknown.body.find("no longer works here"), std::string::npos);
    EXPECT_NE(unknown.body.find("value=\"ada@mail.example\""), std::string::npos) << "nothing is lost";
    const auto forged = alone(Authenticator(), false);
    EXPECT_EQ(forged.status, 401U);
    EXPECT_EQ(forged.body.find("data-unknown"), std::string::npos);
    for (const auto& response : {unknown, forged}) {
        EXPECT_FALSE(set_cookie(response, "session"));
        EXPECT_EQ(set_cookie(response, "passkey"), "");
    }
    EXPECT_EQ(m_doors.refused("/signin/passkey"), "401 passkey_not_used") << "an empty form";
    EXPECT_EQ(m_doors.send(http::Method::get, "/signin/passkey", {}, false).status, 303U);
}

TEST_P(KeyDoors, ThePageOffersWhatTheOperatorTakesAndWhatWasUsedHereFirst)
{
    const auto first_form = [&] {
        const std::string page = m_doors.page("/signin");
        const auto passkey = page.find("action=\"/signin/passkey\"");
        if (passkey == std::string::npos) return "none";
        return passkey < page.find("action=\"/signin\"") ? "passkey" : "password";
    };
    wear({});
    EXPECT_STREQ(first_form(), "password");
    wear({{"methods", std::to_string(proof::bits_of({Method::password, Method::totp}))}});
    EXPECT_STREQ(first_form(), "password");
    wear({{"methods", std::to_string(proof::bits_of({Method::bound_passkey}))}});
    EXPECT_STREQ(first_form(), "passkey");
    wear({{"methods", "99999999999999999999"}});
    EXPECT_STREQ(first_form(), "password") << "a cookie that is not ours";
    m_w.world.methods.passkey = m_w.world.methods.bound_passkey = false;
    EXPECT_STREQ(first_form(), "none");
}

TEST_P(KeyDoors, AfterThePasswordAKeyOrAnotherWay)
{
    Authenticator key(host, origin, 2);
    key.user_verified = key.backup_eligible = key.backed_up = false;
    EXPECT_EQ(begin().second, "/signin/code") << "no passkey yet";
    wear({{"sign_in", begin().first}});
    EXPECT_EQ(boost::json::parse(m_doors.send(http::Method::get, "/signin/key").body).at("next").as_string(),
              "/signin/methods");
    test::enrol(m_w, m_ada.id, key);
    EXPECT_EQ(begin(std::to_string(proof::bits_of({Method::totp}))).second, "/signin/code");
    const auto [half, led] = begin();
    EXPECT_EQ(led, "/signin/key");
    wear({{"sign_in", half}});
    EXPECT_EQ(m_doors.get("/signin/key").at("username").as_string(), "ada@mail.example");
    m_doors.page("/signin/key");
    std::string kinds;
    const auto methods = m_doors.get("/signin/methods");
    for (const auto& one : methods.at("methods").as_array())
        kinds +=
            std::string(one.at("kind").as_string()) + " " + std::string(one.at("href").as_string()) + " ";
    EXPECT_EQ(kinds, "passkey /signin/key totp /signin/code recovery_code /signin/recovery-code ");
    EXPECT_EQ(alone(key).status, 401U);
    wear({{"sign_in", half}});
    std::string challenge;
    const auto asked = options("/signin/key/options", challenge);
    ASSERT_EQ(asked.at("credentials").as_array().size(), 1U);
    EXPECT_EQ(asked.at("credentials").at(0).at("id").as_string(), to_base64url(key.credential_id));
    EXPECT_EQ(asked.at("verification").as_string(), "preferred");
    wear({{"sign_in", half}, {"passkey", challenge}});
    const auto wrong = m_doors.send(http::Method::post, "/signin/key", form(m_phone, asked));
    EXPECT_EQ(boost::json::parse(wrong.body).at("code").as_string(), "passkey_unknown");
    const auto again = options("/signin/key/options", challenge);
    wear({{"sign_in", half}, {"passkey", challenge}});
    const auto response = m_doors.send(http::Method::post, "/signin/key", form(key, again));
    ASSERT_EQ(response.status, 200U) << response.body;
    EXPECT_TRUE(set_cookie(response, "session"));
    EXPECT_EQ(set_cookie(response, "methods"),
              std::to_string(proof::bits_of({Method::password, Method::touched_key})));
    EXPECT_EQ(set_cookie(response, "sign_in"), "");
    EXPECT_EQ(m_doors.refused("/signin/key/options"), "410 sign_in_over");
    EXPECT_EQ(m_doors.refused("/signin/key", form(key, again)), "410 sign_in_over");
    EXPECT_EQ(m_doors.refused("/signin/key", {}, http::Method::get), "410 sign_in_over");
}

}  // namespace
}  // namespace sallyport::sign_in
