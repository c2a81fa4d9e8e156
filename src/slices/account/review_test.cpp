// A28: everything that opens the account is looked through, page by page, on both engines.
#include "slices/account/endpoints.h"
#include "slices/account/review.h"
#include "slices/account/test_actor.h"

#include "store/trusted_browsers.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::account {
namespace {

class Reviewing : public testing::TestWithParam<db::test::Engine> {
protected:
    Reviewing()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_browser.cookie;
    }
    boost::json::object page() { return m_doors.get("/account/review"); }
    std::string step() { return std::string(page().at("step").as_string()); }
    /// Every item of the page is answered so; the step that follows, "" at the end.
    std::string all(const std::string& answer)
    {
        const auto view = page();
        test::Form form{{"step", std::string(view.at("step").as_string())}};
        for (const auto& item : view.at("items").as_array())
            form.emplace_back(std::string(item.as_object().at("id").as_string()), answer);
        EXPECT_EQ(m_doors.next("/account/review", form), "/account/review");
        const auto response = m_doors.send(http::Method::get, "/account/review");
        const auto next = boost::json::parse(response.body).as_object();
        return next.contains("step") ? std::string(next.at("step").as_string()) : "";
    }
    std::int64_t mails() { return test::mails_of(m_w, m_ada.id, "E48-review"); }
    std::int64_t events(const std::string& kind) { return test::events_of(m_w, m_ada.id, kind); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person();
    test::Browser m_browser = test::sign_in(m_w, m_ada.id);
};
INSTANTIATE_TEST_SUITE_P(Engines, Reviewing, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Reviewing, GoesThroughWhatThereIsAndTellsEverybody)
{
    test::sign_in(m_w, m_ada.id);
    test::enrol(m_w, m_ada.id, test::Authenticator());
    EXPECT_EQ(step(), "devices");
    EXPECT_EQ(all("mine"), "passkeys");
    EXPECT_EQ(all("not-mine"), "apps");
    EXPECT_EQ(all("mine"), "addresses") << "there is no phone";
    EXPECT_EQ(all("mine"), "words");
    EXPECT_EQ(mails(), 0);
    EXPECT_EQ(all("mine"), "");
    EXPECT_EQ(mails(), 1);
    EXPECT_EQ(events("account_reviewed"), 1);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 2U) << "what is the owner's stays";
    const auto done = m_doors.get("/account/review/done");
    const auto& wrong = done.at("wrong").as_array();
    ASSERT_EQ(wrong.size(), 1U);
    EXPECT_EQ(wrong[0].as_object().at("label").as_string(), "Phone");
    EXPECT_NE(m_doors.page("/account/review/done").find("Phone"), std::string::npos);
    EXPECT_EQ(m_doors.next("/account/review", {{"step", "words"}, {"item-words", "mine"}}),
              "/account/review");
    EXPECT_EQ(mails(), 1) << "once";
}

// Issue C, 1: the words are changed after a mailbox was reported.
TEST_P(Reviewing, AMailboxThatIsNotTheOwnersAloneMakesNewWords)
{
    const auto words = [&] {
        return m_w.transact(
            [&](db::Tx& tx) { return store::load_account(tx, m_w.keys.keys, m_ada.id).words; });
    };
    const auto before = words();
    EXPECT_EQ(all("mine"), "addresses");
    EXPECT_EQ(words().now, before.now);
    EXPECT_EQ(all("not-mine"), "words");
    EXPECT_NE(words().now, before.now);
    EXPECT_EQ(words().before, before.now);
    EXPECT_EQ(words().changed_at, m_w.clock.now());
    EXPECT_EQ(events("words_changed"), 1);
    const auto told = test::new_mails(m_w);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].mail, "E31");
    EXPECT_EQ(test::parameter(told[0], "words"), words().now);
    sync_wait(answer_review(m_w.world, actor_of(m_browser), ReviewStep::addresses,
                            {{ReviewStep::addresses, "ada"}}, {}));
    EXPECT_EQ(events("words_changed"), 1) << "its turn is over";
}

TEST_P(Reviewing, EndsTheSessionsThatAreNotTheOwners)
{
    test::sign_in(m_w, m_ada.id);
    test::sign_in(m_w, m_ada.id);
    EXPECT_EQ(all("not-mine"), "apps");
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
    EXPECT_EQ(events("session_ended"), 2);
}

TEST_P(Reviewing, EndsNobodyElsesSessionsAndNotItsOwn)
{
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    const auto hers = test::sign_in(m_w, eve.id);
    test::sign_in(m_w, m_ada.id);
    sync_wait(answer_review(m_w.world, actor_of(m_browser), ReviewStep::devices, {},
                            {{store::session_id_of(hers.session)}, {}}));
    EXPECT_EQ(test::sessions_of(m_w, eve.id), 1U);
    for (const auto& item : page().at("items").as_array())
        EXPECT_EQ(item.as_object().at("id").as_string().find(store::session_id_of(m_browser.session).text()),
                  boost::json::string::npos);
}

// policy.md: "Trusted browser": what is not the owner's is asked for a code again.
TEST_P(Reviewing, EndsTheTrustThatIsNotTheOwners)
{
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    const auto trust = [&](const AccountId& account, std::uint8_t number) {
        store::TokenHash token{};
        token.fill(number);
        const auto id = m_w.random.id<BrowserId>(m_w.clock.now());
        m_w.transact([&](db::Tx& tx) {
            store::trust_browser(tx, m_w.keys.keys,
                                 {id, token, Bytes(65, 4), m_w.clock.now(), "Firefox · Linux", "192.0.2.7"},
                                 account, 10);
        });
        return id;
    };
    const auto theirs = trust(eve.id, 1);
    trust(m_ada.id, 2);
    const auto stays = trust(m_ada.id, 3);
    EXPECT_EQ(step(), "trusted") << "there is no other session";
    const auto items = page().at("items").as_array();
    ASSERT_EQ(items.size(), 2U);
    test::Form form{{"step", "trusted"}};
    for (const auto& one : items) {
        const std::string id(one.as_object().at("id").as_string());
        form.emplace_back(id, id == "item-" + stays.text() ? "mine" : "not-mine");
    }
    form.emplace_back("item-" + theirs.text(), "not-mine");
    EXPECT_EQ(m_doors.next("/account/review", form), "/account/review");
    const auto left = [&](const AccountId& account) {
        return m_w.transact([&](db::Tx& tx) { return store::trusted_of(tx, m_w.keys.keys, account); });
    };
    ASSERT_EQ(left(m_ada.id).size(), 1U);
    EXPECT_EQ(left(m_ada.id)[0].id, stays);
    EXPECT_EQ(left(eve.id).size(), 1U);
    EXPECT_EQ(events("trust_ended"), 1);
    sync_wait(answer_review(m_w.world, actor_of(m_browser), ReviewStep::apps, {}, {{}, {theirs}}));
    EXPECT_EQ(left(eve.id).size(), 1U) << "of this account only";
}

TEST_P(Reviewing, IsOfOneAccountEvenInOneSession)
{
    auto actor = actor_of(m_browser);
    sync_wait(answer_review(m_w.world, actor, ReviewStep::apps, {{ReviewStep::apps, "App"}}, {}));
    EXPECT_EQ(sync_wait(read_review(m_w.world, actor)).at, ReviewStep::addresses);
    actor.account = m_w.person({.email = "eve@mail.example"}).id;
    const auto other = sync_wait(read_review(m_w.world, actor));
    EXPECT_EQ(other.at, ReviewStep::apps);
    EXPECT_TRUE(other.not_mine.empty());
}

TEST_P(Reviewing, AnEndedSessionEndsNothing)
{
    const auto thief = test::sign_in(m_w, m_ada.id);
    m_w.transact([&](db::Tx& tx) {
        store::end_session(tx, m_ada.id, store::session_id_of(thief.session), m_w.clock.now());
    });
    sync_wait(answer_review(m_w.world, actor_of(thief), ReviewStep::devices, {},
                            {{store::session_id_of(m_browser.session)}, {}}));
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
}

TEST_P(Reviewing, WantsAnAnswerForEachInItsTurn)
{
    test::sign_in(m_w, m_ada.id);
    EXPECT_EQ(m_doors.refused("/account/review", {{"step", "devices"}}), "422 answer_missing");
    EXPECT_EQ(m_doors.next("/account/review", {{"step", "words"}, {"item-words", "mine"}}),
              "/account/review");
    sync_wait(answer_review(m_w.world, actor_of(m_browser), ReviewStep::words, {}, {}));
    EXPECT_EQ(step(), "devices") << "no page is passed over";
    EXPECT_EQ(m_doors.next("/account/review", {{"step", "nonsense"}}), "/account/review");
    EXPECT_EQ(mails(), 0);
    m_doors.cookie.clear();
    EXPECT_EQ(m_doors.refused("/account/review", {}, http::Method::get), "401 sign_in_needed");
}

TEST_P(Reviewing, BeginsAnewFromABrowserThatIsNotKnown)
{
    const auto other = test::sign_in(m_w, m_ada.id);
    EXPECT_EQ(all("mine"), "apps");
    EXPECT_EQ(
        m_doors.next("/account/devices/unknown", {{"session", store::session_id_of(other.session).text()}}),
        "/account/review?begun=ended");
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
    EXPECT_EQ(events("session_ended"), 1);
    EXPECT_EQ(m_doors.next("/account/devices/unknown",
                           {{"session", store::session_id_of(m_browser.session).text()}}),
              "/account/devices")
        << "not this one";
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
}

// A18, "I did not ask for this".
TEST_P(Reviewing, StopsWhatWaitsForAProof)
{
    const std::string step_up =
        m_doors.ask("/account/password", {{"new_password", "four green lamps at noon"}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(m_doors.next("/account/review/not-asked"), "/account/review?begun=stopped");
    EXPECT_EQ(events("questions_stopped"), 1);
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(m_doors.refused("/account/password/confirm",
                              {{"step_up", step_up}, {"proof", m_ada.code(m_w.clock.now())}}),
              "410 step_up_over");
}

}  // namespace
}  // namespace sallyport::account
