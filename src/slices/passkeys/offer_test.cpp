// R18: the proposal of a passkey, through its addresses and as the sign-in asks for it, on both engines.
#include "slices/passkeys/endpoints.h"

#include "proof/passkey_prompt.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::passkeys {
namespace {

using policy::Level;
using policy::Method;
using policy::Methods;
using test::Person;

constexpr auto day = std::chrono::hours{24};
const Methods by_mail{Method::password, Method::email_code};
const Methods by_text{Method::password, Method::sms_code};

class PasskeyOffer : public testing::TestWithParam<db::test::Engine> {
protected:
    PasskeyOffer() { add_routes(m_doors.router, m_doors.access()); }

    void sign_in(const Person& person, Level level, Methods methods)
    {
        m_doors.cookie = test::sign_in(m_w, person.id, level, methods).cookie;
    }
    /// Where the page leads: "" where it is shown.
    std::string led(const std::string& then = "/account/devices")
    {
        const auto response = ask(http::Method::get, "/account/passkeys/offer", then);
        return response.status == 303 ? test::header_of(response, "Location") : "";
    }
    http::Response ask(http::Method method, const std::string& path, const std::string& then)
    {
        http::Request request;
        request.method = method;
        request.path = path;
        if (method == http::Method::get)
            request.query = http::Fields({{"then", then}});
        else
            request.form = http::Fields({{"then", then}});
        request.headers.emplace_back("cookie", "__Host-session=" + m_doors.cookie);
        auto match = m_doors.router.match(method, path, http::Door::public_door);
        CHECK(match.route != nullptr);
        return sync_wait(match.route->handler(std::move(request)));
    }
    std::string not_now(const std::string& then)
    {
        return test::header_of(ask(http::Method::post, "/account/passkeys/not-now", then), "Location");
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
};
INSTANTIATE_TEST_SUITE_P(Engines, PasskeyOffer, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(PasskeyOffer, AfterASentCodeWhereThisSessionMayAddOne)
{
    const Person weak = m_w.person({.apps = 0});
    const Person ada = m_w.person({.email = "app@mail.example"});
    for (const Methods& methods : {by_mail, by_text}) {
        sign_in(weak, Level::aal1, methods);
        EXPECT_EQ(led(), "");
        sign_in(ada, Level::aal1, methods);
        EXPECT_EQ(led(), "/account/devices") << "the session shows less than the account could";
    }
    for (const Methods& methods :
         {Methods{Method::password}, Methods{Method::password, Method::recovery_code}}) {
        sign_in(weak, Level::aal1, methods);
        EXPECT_EQ(led(), "/account/devices");
    }
    sign_in(ada, Level::aal2, {Method::password, Method::totp});
    EXPECT_EQ(led(), "/account/devices");
    m_w.world.methods.passkey = false;
    sign_in(weak, Level::aal1, by_mail);
    EXPECT_EQ(led(), "/account/devices") << "the operator takes none";
}

TEST_P(PasskeyOffer, NotToOneWhoHasAPasskeyOrAKey)
{
    const Person weak = m_w.person({.apps = 0});
    test::Authenticator key;
    test::enrol(m_w, weak.id, key);
    sign_in(weak, Level::aal1, by_mail);
    EXPECT_EQ(led(), "/account/devices");
}

TEST_P(PasskeyOffer, NotNowIsTheAccountsForThirtyDays)
{
    const Person weak = m_w.person({.apps = 0});
    const Person other = m_w.person({.email = "other@mail.example", .apps = 0});
    sign_in(weak, Level::aal1, by_mail);
    EXPECT_EQ(not_now("/account/devices"), "/account/devices");
    EXPECT_EQ(led(), "/account/devices");
    sign_in(weak, Level::aal1, by_text);
    EXPECT_EQ(led(), "/account/devices") << "in every browser";
    sign_in(other, Level::aal1, by_mail);
    EXPECT_EQ(led(), "") << "of this account only";
    m_w.clock.advance(30 * day - Duration{1});
    sign_in(weak, Level::aal1, by_mail);
    EXPECT_EQ(led(), "/account/devices");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(led(), "");
}

TEST_P(PasskeyOffer, LeadsNowhereElse)
{
    const Person weak = m_w.person({.apps = 0});
    sign_in(weak, Level::aal1, {Method::password});
    for (const std::string elsewhere : {"https://evil.example/", "//evil.example", "/\\evil.example", ""}) {
        EXPECT_EQ(led(elsewhere), "/account") << elsewhere;
        EXPECT_EQ(not_now(elsewhere), "/account") << elsewhere;
    }
    sign_in(weak, Level::aal1, by_mail);
    EXPECT_EQ(ask(http::Method::get, "/account/passkeys/offer", "//evil.example").body.find("evil"),
              std::string::npos);
}

}  // namespace
}  // namespace sallyport::passkeys
