// The account's addresses as programs and browsers see them; every change goes through a fresh proof.
#include "slices/account/endpoints.h"

#include "proof/trusted_session.h"
#include "render/catalogue.h"
#include "support/engines.h"
#include "support/event_rules.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::account {
namespace {

using http::Method;
using policy::Level;
using test::Person;

constexpr char new_password[] = "seven lamps on a quay";

class Pages : public testing::TestWithParam<db::test::Engine> {
protected:
    Pages()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_here.cookie;
    }
    std::string code() { return m_ada.code(m_w.clock.now()); }
    /// A code of a step that was not used yet.
    std::string next_code()
    {
        m_w.clock.advance(std::chrono::seconds{30});
        return code();
    }
    std::string status_without(const std::string& path, Method method)
    {
        m_doors.cookie.clear();
        auto answer = m_doors.refused(path, {}, method);
        m_doors.cookie = m_here.cookie;
        return answer;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const Person m_ada = m_w.person({.codes = 3});
    const test::Browser m_other = test::sign_in(m_w, m_ada.id);
    const test::Browser m_here = test::sign_in(m_w, m_ada.id);
};
INSTANTIATE_TEST_SUITE_P(Engines, Pages, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Pages, WantASession)
{
    for (const char* path : {"/account", "/account/password", "/account/anti-phishing", "/account/devices",
                             "/account/password/changed", "/account/reauth/x"})
        EXPECT_EQ(status_without(path, Method::get), "401 sign_in_needed") << path;
    for (const char* path :
         {"/account/password", "/account/password/check", "/account/password/confirm",
          "/account/anti-phishing", "/account/anti-phishing/show", "/account/anti-phishing/shown",
          "/account/anti-phishing/confirm", "/account/devices/end", "/account/devices/end-others",
          "/account/devices/end-trust", "/account/devices/end-all-trust"})
        EXPECT_EQ(status_without(path, Method::post), "401 sign_in_needed") << path;
}

// Every event that there is has words of its own, and no words are of an event that there is not.
TEST_P(Pages, SayWhatHappenedInWordsOfItsOwn)
{
    std::set<std::string> worded;
    for (const auto& entry : render::all_messages())
        if (entry.key.starts_with("account.event_")) worded.emplace(entry.key.substr(14));
    EXPECT_EQ(worded.erase("other") + worded.erase("from"), 2U);
    std::set<std::string> said;
    for (const test::EventRule& rule : test::event_rules()) {
        EXPECT_EQ(worded.erase(std::string(rule.event)), 1U) << rule.event;
        m_w.clock.advance(std::chrono::seconds{1});
        const Instant now = m_w.clock.now();
        const store::Event event{
            m_w.random.id<EventId>(now), m_ada.id, std::string(rule.event), now, "", "", ""};
        auto write = [&event](db::Tx& tx) { store::add_event(tx, event); };
        sync_wait(m_fresh.database().transact(write));  // not by a use case: nobody is told
        const auto newest = m_doors.get("/account").at("events").as_array().at(0).as_object();
        EXPECT_TRUE(said.emplace(newest.at("text").as_string()).second) << rule.event << " is said twice";
    }
    EXPECT_FALSE(said.contains("Something changed"));
    EXPECT_TRUE(worded.empty()) << *worded.begin() << " never happens";
}

// A13: how each session was opened.
TEST_P(Pages, SayHowEachSessionWasOpened)
{
    using enum policy::Method;
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const std::pair<policy::Methods, std::string> ways[] = {
        {{password, totp}, "With password and app code"},
        {{passkey}, "With a passkey"},
        {{bound_passkey}, "With a passkey"},
        {{password, touched_key}, "With password and security key"},
        {{password, recovery_code}, "With password and recovery code"},
        {{password, email_code}, "With password and a code by e-mail"},
        {{password, sms_code}, "With password and a code by text message"},
        {{password}, "With password"},
    };
    const auto method = [&](const std::string& cookie) {
        m_doors.cookie = cookie;
        const auto first = m_doors.get("/account/devices").at("devices").as_array().at(0).as_object();
        EXPECT_TRUE(first.at("this_one").as_bool());
        return std::string(first.at("method").as_string());
    };
    for (const auto& [methods, words] : ways)
        EXPECT_EQ(method(test::sign_in(m_w, eve.id, Level::aal1, methods).cookie), words);
    const auto tokens = proof::make_session_tokens(m_w.random);
    m_w.transact([&](db::Tx& tx) {
        const auto account = store::load_account(tx, m_w.keys.keys, eve.id);
        const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, eve.id);
        proof::open_trusted_session(tx, m_w.world, test::stranger(), account, credentials, Level::aal1,
                                    tokens, m_w.clock.now());
    });
    EXPECT_EQ(method(std::string(tokens.session.text.reveal_text())), "With password, in a trusted browser");
}

TEST_P(Pages, ChangeThePassword)
{
    EXPECT_EQ(m_doors.get("/account/password").at("least").as_int64(), 12);
    const auto verdict = boost::json::parse(
        m_doors.send(Method::post, "/account/password/check", {{"password", "short"}}).body);
    EXPECT_FALSE(verdict.at("good").as_bool());
    EXPECT_EQ(m_doors.refused("/account/password", {{"new_password", "short"}}), "422 password_refused");
    EXPECT_EQ(m_doors.refused("/account/password", {{"new_password", m_ada.password}}),
              "422 password_refused");
    const auto words_asked = m_doors.ask("/account/anti-phishing", {{"words", "quiet otter 77"}});
    const auto id = m_doors.ask("/account/password", {{"new_password", new_password}});
    const auto shown = m_doors.get("/account/reauth/" + id);
    EXPECT_EQ(shown.at("consequences").as_array().size(), 3U) << "sessions end, all are told, value is held";
    EXPECT_EQ(m_doors.page("/account/reauth/" + id).find(new_password), std::string::npos)
        << "no page holds a password";
    const std::string confirm(shown.at("confirm_path").as_string());
    EXPECT_EQ(m_doors.refused(confirm, {{"step_up", id}, {"proof", "000"}}), "422 proof_wrong");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing/confirm", {{"step_up", id}, {"proof", code()}}),
              "410 step_up_over")
        << "a proof for one deed is none for another";
    EXPECT_EQ(m_doors.next(confirm, {{"step_up", id}, {"proof", code()}}), "/account/password/changed");
    EXPECT_NO_THROW(m_doors.page("/account/password/changed"));
    EXPECT_EQ(m_doors.refused(confirm, {{"step_up", id}, {"proof", next_code()}}), "410 step_up_over");
    EXPECT_EQ(
        m_doors.refused("/account/anti-phishing/confirm", {{"step_up", words_asked}, {"proof", next_code()}}),
        "410 step_up_over")
        << "what was asked for before is asked for anew";
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
    EXPECT_EQ(test::mails_of(m_w, m_ada.id, "E19"), 1);
    m_doors.cookie = m_other.cookie;
    EXPECT_EQ(m_doors.refused("/account", {}, Method::get), "401 sign_in_needed");
}

TEST_P(Pages, ShowAndChangeTheWords)
{
    EXPECT_EQ(m_doors.page("/account/anti-phishing").find("amber river 48"), std::string::npos)
        << "hidden until asked for";
    auto id = m_doors.ask("/account/anti-phishing/show");
    const auto shown =
        m_doors.send(Method::post, "/account/anti-phishing/shown", {{"step_up", id}, {"proof", code()}});
    EXPECT_EQ(boost::json::parse(shown.body).at("words").as_string(), "amber river 48");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing/shown", {{"step_up", id}, {"proof", next_code()}}),
              "410 step_up_over");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing", {{"words", ""}}), "422 words_refused");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing", {{"words", "otter 123456"}}), "422 words_refused");
    const auto refused =
        m_doors.send(Method::post, "/account/anti-phishing", {{"words", "otter 123456"}}, false);
    EXPECT_NE(refused.body.find("otter 123456"), std::string::npos) << "what was typed stays";
    id = m_doors.ask("/account/anti-phishing", {{"words", "quiet otter 77"}});
    EXPECT_NE(m_doors.page("/account/reauth/" + id).find("quiet otter 77"), std::string::npos)
        << "what is about to happen";
    EXPECT_EQ(m_doors.next("/account/anti-phishing/confirm", {{"step_up", id}, {"proof", next_code()}}),
              "/account/anti-phishing/changed");
    EXPECT_EQ(test::parameter(test::new_mails(m_w).at(0), "words"), "quiet otter 77");
    EXPECT_NO_THROW(m_doors.page("/account/anti-phishing/changed"));
    EXPECT_FALSE(m_doors.ask("/account/anti-phishing", {{"make", "yes"}}).empty());
}

// ux.md A18, A25: a step-up that expired starts again with what was typed, but for a password.
TEST_P(Pages, StartAgainWithWhatWasTyped)
{
    const auto over = [&](const std::string& id) {
        const auto page = m_doors.send(Method::get, "/account/reauth/" + id, {}, false);
        const auto posted = m_doors.send(Method::post, "/account/anti-phishing/confirm",
                                         {{"step_up", id}, {"proof", next_code()}}, false);
        const auto main = [](const std::string& body) {
            return body.substr(body.find("<main"), body.find("</main>") - body.find("<main"));
        };
        const bool kept = page.body.find("class=\"button\" type=\"submit\"") != std::string::npos;
        EXPECT_EQ(kept, posted.body.find("action=\"/account/anti-phishing\"") != std::string::npos);
        return main(posted.body);
    };
    const auto words = m_doors.ask("/account/anti-phishing", {{"words", "quiet otter 77"}});
    const auto made = m_doors.ask("/account/anti-phishing", {{"make", "yes"}});
    const auto password = m_doors.ask("/account/password", {{"new_password", new_password}});
    m_w.clock.advance(std::chrono::minutes{5});
    const auto kept = over(words);
    EXPECT_NE(kept.find("action=\"/account/anti-phishing\""), std::string::npos);
    EXPECT_NE(kept.find("name=\"words\" value=\"quiet otter 77\""), std::string::npos) << kept;
    EXPECT_NE(over(made).find("name=\"make\" value=\"yes\""), std::string::npos);
    const auto nothing = over(password);
    EXPECT_NE(nothing.find("/account"), std::string::npos);
    EXPECT_EQ(nothing.find(new_password), std::string::npos);
    EXPECT_EQ(nothing.find("type=\"hidden\" name=\"new_password\""), std::string::npos);
    EXPECT_EQ(m_doors.refused("/account/reauth/" + words, {}, Method::get), "410 step_up_over");
    m_doors.cookie = m_other.cookie;
    EXPECT_EQ(over(words).find("otter"), std::string::npos) << "another browser of the same person";
}

TEST_P(Pages, AnswerProgramsAndPeopleWhenTriesAreSpent)
{
    for (int n = 0; n < 10; ++n)
        EXPECT_EQ(m_doors.refused("/account/password", {{"new_password", m_ada.password}}),
                  "422 password_refused");
    const auto waits = m_doors.send(Method::post, "/account/password", {{"new_password", new_password}});
    EXPECT_EQ(waits.status, 429U);
    EXPECT_EQ(test::header_of(waits, "Retry-After"), "30");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing", {{"words", "quiet otter 77"}}), "429 too_many_tries");
    const auto page =
        m_doors.send(Method::post, "/account/anti-phishing", {{"words", "quiet otter 77"}}, false);
    EXPECT_EQ(page.status, 429U);
    EXPECT_NE(page.body.find("quiet otter 77"), std::string::npos) << "what was typed stays";
}

// attacks.md, case 8.
TEST_P(Pages, RefuseASessionThatIsTooWeak)
{
    m_doors.cookie =
        test::sign_in(m_w, m_ada.id, Level::aal1, {policy::Method::password, policy::Method::recovery_code})
            .cookie;
    EXPECT_EQ(m_doors.refused("/account/password", {}, Method::get), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/password", {{"new_password", new_password}}), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/anti-phishing", {{"make", "yes"}}), "403 level_too_low");
    EXPECT_NO_THROW(m_doors.page("/account"));
    EXPECT_NO_THROW(m_doors.page("/account/devices"));
}

TEST_P(Pages, EndDevices)
{
    const auto third = test::sign_in(m_w, m_ada.id);
    EXPECT_EQ(m_doors.get("/account/devices").at("devices").as_array().size(), 3U);
    const auto end = [&](const test::Browser& browser) {
        return m_doors.next("/account/devices/end",
                            {{"session", store::session_id_of(browser.session).text()}});
    };
    EXPECT_EQ(end(m_here), "/signout") << "a page that also takes the cookie away";
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 3U);
    EXPECT_EQ(end(m_other), "/account/devices?done=one");
    EXPECT_NO_THROW(m_doors.page("/account/devices?done=one"));
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 2U);
    EXPECT_EQ(m_doors.next("/account/devices/end", {{"session", "no id"}}), "/account/devices");
    EXPECT_EQ(m_doors.next("/account/devices/end-others"), "/account/devices?done=others");
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
    m_doors.cookie = third.cookie;
    EXPECT_EQ(m_doors.refused("/account", {}, Method::get), "401 sign_in_needed")
        << "at once, in this process";
}

TEST_P(Pages, SignOut)
{
    EXPECT_NO_THROW(m_doors.page("/signout"));
    EXPECT_EQ(m_doors.send(Method::get, "/signed-out", {}, false).status, 303U) << "it would not be true";
    const auto out = m_doors.send(Method::post, "/signout", {{"others", "yes"}}, false);
    EXPECT_EQ(out.status, 303U);
    EXPECT_NE(test::header_of(out, "Set-Cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U);
    EXPECT_EQ(m_doors.send(Method::post, "/signout", {}, false).status, 303U) << "twice is no error";
    EXPECT_EQ(m_doors.send(Method::get, "/signout", {}, false).status, 303U);
    m_doors.cookie.clear();
    EXPECT_NO_THROW(m_doors.page("/signed-out"));
}

TEST_P(Pages, TheOverviewLinksToNothingThatIsNotThere)
{
    const auto overview = m_doors.get("/account");
    for (const auto& check : overview.at("checks").as_array()) {
        const auto& row = check.as_object();
        const std::string id(row.at("id").as_string());
        const bool linked = row.contains("href") && row.at("href").is_string();
        // This room alone is behind the doors: the pages of apps, kits and notice addresses are not.
        EXPECT_EQ(linked, id == "words" || id == "password" || id == "devices") << id;
    }
    EXPECT_EQ(overview.at("events").as_array().size(), 2U);
}

}  // namespace
}  // namespace sallyport::account
