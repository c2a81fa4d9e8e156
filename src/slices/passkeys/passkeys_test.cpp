// Passkeys from the first step to the last, through their addresses and as use cases, on both engines.
#include "slices/passkeys/endpoints.h"
#include "slices/passkeys/endpoints_shared.h"

#include "proof/change_stops.h"
#include "proof/changes.h"
#include "proof/codes.h"
#include "store/known_browsers.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"
#include "support/stops.h"
#include "support/told.h"

#include <gtest/gtest.h>

namespace sallyport::passkeys {
namespace {

using policy::changes::StopAnswer;
using test::Authenticator;
using test::Form;

constexpr auto day = std::chrono::hours{24};
constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";

class Passkeys : public testing::TestWithParam<db::test::Engine> {
protected:
    Passkeys()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_browser.cookie;
    }

    [[nodiscard]] proof::Holder holder() const
    {
        return {m_ada.id, m_browser.session, m_browser.level, m_browser.asker};
    }
    /// The browser has been known for that long.
    void know_browser(Duration age)
    {
        store::TokenHash token{};
        token.fill(8);
        m_browser.asker.browser_tokens = {token};
        m_w.transact([&](db::Tx& tx) {
            const Instant since = m_w.clock.now() - age;
            store::know_browser(tx, m_w.keys.keys, {token, since, since}, m_ada.id, 10);
        });
    }
    /// A code that was not used before.
    std::string code()
    {
        m_w.clock.advance(std::chrono::seconds{30});
        return m_ada.code(m_w.clock.now());
    }
    /// The set-up that a step-up opens.
    void open_set_up()
    {
        const std::string step_up = m_doors.ask("/account/passkeys/add");
        EXPECT_EQ(m_doors.next("/account/passkeys/add/confirm", {{"step_up", step_up}, {"proof", code()}}),
                  "/account/passkeys/new");
    }
    /// What the script posts, with the cookie of its challenge in the browser.
    Form made_by(const Authenticator& key, std::string name = "")
    {
        m_doors.cookie = m_browser.cookie;
        const auto response = m_doors.send(http::Method::post, "/account/passkeys/new/options");
        const auto options = boost::json::parse(response.body).as_object();
        const auto challenge = from_base64url(std::string_view(options.at("challenge").as_string()));
        const std::string set = test::header_of(response, "Set-Cookie");
        m_doors.cookie += "; " + set.substr(0, set.find(';'));
        const auto made = key.register_with(*challenge);
        return {{"credential_id", to_base64url(key.credential_id)},
                {"client_data", to_base64url(made.client_data_json)},
                {"attestation", to_base64url(made.attestation_object)},
                {"transports", "internal hybrid bogus"},
                {"name", std::move(name)}};
    }
    StopAnswer stop(const ChangeId& change)
    {
        return sync_wait(
            proof::stop_by_session(m_w.world, holder(), policy::changes::Kind::remove_passkey, change));
    }
    std::vector<store::Passkey> held()
    {
        return m_w.transact(
            [&](db::Tx& tx) { return store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id).passkeys(tx); });
    }
    /// As the step-up does it, by a right code.
    RemoveAnswer ask(FactorId passkey)
    {
        m_w.clock.advance(std::chrono::seconds{30});
        return m_w.transact([&](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            EXPECT_EQ(proof::check_totp(tx, m_w.world, set, m_ada.code(now), now).answer,
                      policy::factors::CodeAnswer::accepted);
            return ask_removal(tx, m_w.world, holder(), account, set, passkey, now);
        });
    }
    std::int64_t mails(const std::string& mail) { return test::mails_of(m_w, m_ada.id, mail); }
    std::int64_t events(const std::string& kind) { return test::events_of(m_w, m_ada.id, kind); }
    ShownPasskey only_one()
    {
        auto shown = sync_wait(show(m_w.world, holder()));
        EXPECT_EQ(shown.passkeys.size(), 1U);
        return std::move(shown.passkeys.at(0));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person();
    test::Browser m_browser = test::sign_in(m_w, m_ada.id);
    const Authenticator m_phone;
};
INSTANTIATE_TEST_SUITE_P(Engines, Passkeys, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Passkeys, AreAddedAfterAFreshProofAndAreYoung)
{
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", {}, http::Method::get), "410 set_up_over");
    EXPECT_EQ(m_doors.refused("/account/passkeys/new/options"), "410 set_up_over");
    test::sign_in(m_w, m_ada.id);
    open_set_up();
    m_doors.page("/account/passkeys/new");
    const Form made = made_by(m_phone);
    EXPECT_EQ(m_doors.next("/account/passkeys/new", made), "/account/passkeys?done=added");
    const auto passkeys = held();
    ASSERT_EQ(passkeys.size(), 1U);
    EXPECT_EQ(passkeys[0].name, "Passkey") << "its maker did not say";
    EXPECT_EQ(passkeys[0].transports, (std::vector<std::string>{"hybrid", "internal"}));
    EXPECT_EQ(passkeys[0].credential_id, m_phone.credential_id);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U) << "the others ended";
    EXPECT_EQ(mails("E21"), 1);
    EXPECT_EQ(events("passkey_added"), 1);
    EXPECT_EQ(m_w.credentials(m_ada.id).held_until(m_w.clock.now()), m_w.clock.now() + 3 * day);
    const auto list = m_doors.get("/account/passkeys");
    EXPECT_EQ(list.at("synced").as_array().size(), 1U);
    EXPECT_TRUE(list.at("only_one").as_bool());
    EXPECT_NE(m_doors.page("/account/passkeys?done=added").find("Passkey"), std::string::npos);
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", made), "410 set_up_over") << "once";
}

TEST_P(Passkeys, OneCredentialIsRegisteredOnce)
{
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    test::enrol(m_w, eve.id, m_phone);
    open_set_up();
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", made_by(m_phone)), "422 already_held");
    const Authenticator other(host, origin, 2);
    EXPECT_EQ(m_doors.next("/account/passkeys/new", made_by(other, "Desk")), "/account/passkeys?done=added")
        << "the set-up stayed open";
    EXPECT_EQ(held().at(0).name, "Desk");
}

TEST_P(Passkeys, AnAnswerForAnythingElseMakesNone)
{
    open_set_up();
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", {{"name", "x"}}), "422 passkey_not_made");
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", made_by(Authenticator(host, "https://evil.example"))),
              "422 passkey_not_made");
    auto form = made_by(m_phone);
    m_doors.cookie = m_browser.cookie;
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", form), "422 passkey_not_made") << "another browser";
    form = made_by(m_phone);
    const auto other = made_by(m_phone);
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", form), "422 passkey_not_made") << "an older challenge";
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", other), "422 passkey_not_made")
        << "a challenge is answered once, right or wrong";
    EXPECT_TRUE(held().empty());
    m_w.clock.advance(set_up_life);
    EXPECT_EQ(m_doors.refused("/account/passkeys/new", form), "410 set_up_over");
    EXPECT_EQ(mails("E21"), 0);
}

TEST_P(Passkeys, GetANameOfTheirOwn)
{
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_NE(m_doors.send(http::Method::post, "/account/passkeys/open", {{"passkey", id.text()}}, false)
                  .body.find("Phone"),
              std::string::npos);
    EXPECT_EQ(m_doors.next("/account/passkeys/rename", {{"passkey", id.text()}, {"name", "Ada's phone"}}),
              "/account/passkeys?done=renamed");
    EXPECT_EQ(held().at(0).name, "Ada's phone");
    for (const std::string& wrong : {std::string(), std::string(65, 'x')})
        EXPECT_EQ(m_doors.refused("/account/passkeys/rename", {{"passkey", id.text()}, {"name", wrong}}),
                  "422 name_wrong");
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    const FactorId hers = test::enrol(m_w, eve.id, Authenticator(host, origin, 2));
    EXPECT_EQ(m_doors.refused("/account/passkeys/rename", {{"passkey", hers.text()}, {"name", "Mine"}}),
              "404 passkey_unknown");
    EXPECT_EQ(held().at(0).name, "Ada's phone");
}

TEST_P(Passkeys, GoAfterADayAndValueIsHeld)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    const Instant asked = m_w.clock.now();
    EXPECT_EQ(only_one().leaving.value().change.pending.due_at, asked + day);
    EXPECT_EQ(mails("E22-asked"), 1);
    EXPECT_EQ(ask(id), RemoveAnswer::leaving_already);

    m_w.clock.set(asked + day - Duration{1});
    EXPECT_EQ(test::do_due(m_w), 0);
    EXPECT_EQ(held().size(), 1U);
    m_w.clock.set(asked + day);
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_TRUE(held().empty());
    EXPECT_EQ(mails("E22"), 1);
    EXPECT_EQ(events("passkey_removed"), 1);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U);
    EXPECT_EQ(m_w.credentials(m_ada.id).held_until(m_w.clock.now()), asked + 8 * day);
    EXPECT_EQ(test::do_due(m_w), 0) << "once";
}

TEST_P(Passkeys, GoOnceWhereTwoWorkersFindThem)
{
    know_browser(4 * day);
    EXPECT_EQ(ask(test::enrol(m_w, m_ada.id, m_phone)), RemoveAnswer::waits);
    m_w.clock.advance(day);
    std::atomic<std::int64_t> done = 0;
    test::in_parallel(4, [&](int) { done += test::do_due(m_w); });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(mails("E22"), 1);
}

TEST_P(Passkeys, AnUnknownBrowserWaitsLonger)
{
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(sync_wait(may_remove(m_w.world, holder(), id)).wait, 3 * day);
    EXPECT_EQ(ask(id), RemoveAnswer::waits_long);
    EXPECT_EQ(only_one().leaving.value().change.pending.due_at, m_w.clock.now() + 3 * day);
}

TEST_P(Passkeys, ARemovalIsStoppedBeforeItIsDone)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    ASSERT_TRUE(only_one().leaving.has_value());
    const ChangeId change = only_one().leaving->change.id;
    EXPECT_EQ(m_doors.next("/account/passkeys/keep", {{"change", change.text()}}),
              "/account/passkeys?done=kept");
    EXPECT_EQ(events("change_stopped"), 1);
    EXPECT_FALSE(only_one().leaving.has_value());
    m_w.clock.advance(day);
    EXPECT_EQ(test::do_due(m_w), 0);
    EXPECT_EQ(held().size(), 1U);
    EXPECT_EQ(stop(change), StopAnswer::stopped_already);
    EXPECT_EQ(stop(m_w.random.id<ChangeId>(m_w.clock.now())), StopAnswer::too_late);
}

// policy.md, ux.md M10: a session keeps it once in 30 days, a factor always, and everybody hears of it.
TEST_P(Passkeys, ASessionKeepsOneOnceAndAFactorAlways)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    EXPECT_EQ(stop(only_one().leaving.value().change.id), StopAnswer::stopped);
    EXPECT_EQ(mails("E29-stopped"), 1);
    ask(id);
    const ChangeId change = only_one().leaving.value().change.id;
    EXPECT_EQ(stop(change), StopAnswer::once_only);
    const std::string step_up = m_doors.ask("/account/passkeys/keep", {{"change", change.text()}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(m_doors.refused("/account/passkeys/keep/confirm", {{"step_up", step_up}, {"proof", "000000"}}),
              "422 proof_wrong");
    EXPECT_TRUE(only_one().leaving.has_value());
    EXPECT_EQ(m_doors.next("/account/passkeys/keep/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/passkeys?done=kept");
    EXPECT_EQ(m_doors.refused("/account/passkeys/keep", {{"change", change.text()}}), "409 too_late");
    EXPECT_EQ(m_doors.refused("/account/passkeys/keep", {{"change", "none"}}), "409 too_late");
    EXPECT_EQ(events("change_stopped"), 2);
    EXPECT_EQ(mails("E29-stopped"), 2);
    m_w.clock.advance(31 * day);
    EXPECT_EQ(held().size(), 1U);
    ask(id);
    EXPECT_EQ(stop(only_one().leaving.value().change.id), StopAnswer::stopped)
        << "30 days later its word counts again";
}

TEST_P(Passkeys, AnEndedSessionAndAnotherPagesButtonKeepNothing)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    const ChangeId change = only_one().leaving.value().change.id;
    const auto wrong_kind = policy::changes::Kind::remove_password;
    EXPECT_EQ(sync_wait(proof::stop_by_session(m_w.world, holder(), wrong_kind, change)),
              StopAnswer::too_late);
    const proof::Holder ended = holder();
    m_w.transact([&](db::Tx& tx) { store::end_sessions(tx, m_ada.id, std::nullopt, m_w.clock.now()); });
    EXPECT_EQ(
        sync_wait(proof::stop_by_session(m_w.world, ended, policy::changes::Kind::remove_passkey, change)),
        StopAnswer::too_late);
    EXPECT_EQ(events("change_stopped"), 0);
}

// policy.md: removing can be stopped from every old channel.
TEST_P(Passkeys, EveryChannelHasAStopCodeOfItsOwn)
{
    know_browser(4 * day);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now() - day});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    const std::string by_mail = test::stop_code_of(m_w, "E22-asked");
    const std::string by_text = test::stop_code_of(m_w, "T9");
    EXPECT_NE(by_mail, by_text);
    EXPECT_EQ(test::stop_by_code(m_w, by_text), StopAnswer::stopped);
    EXPECT_EQ(test::stop_by_code(m_w, by_mail), std::nullopt) << "all of them end with the change";
    EXPECT_FALSE(only_one().leaving.has_value());
    ask(id);
    EXPECT_EQ(test::stop_by_code(m_w, test::stop_code_of(m_w, "T9")), StopAnswer::once_only);
    EXPECT_EQ(test::stop_by_code(m_w, test::stop_code_of(m_w, "E22-asked")), StopAnswer::stopped);
    ask(id);
    const std::string spent = test::stop_code_of(m_w, "E22-asked");
    EXPECT_EQ(test::stop_by_code(m_w, spent), StopAnswer::once_only);
    EXPECT_EQ(test::stop_by_code(m_w, spent, {policy::Method::password}), StopAnswer::once_only);
    EXPECT_EQ(test::stop_by_code(m_w, spent, {policy::Method::totp}), StopAnswer::stopped);
    ask(id);
    const std::string late = test::stop_code_of(m_w, "E22-asked");
    m_w.clock.advance(3 * day);
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_EQ(test::stop_by_code(m_w, late), std::nullopt) << "a removal is not taken back";
}

// policy.md: whoever had one stopped waits the longer time with the next.
TEST_P(Passkeys, ARemovalAfterAStoppedOneWaitsLonger)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    EXPECT_EQ(ask(id), RemoveAnswer::waits);
    EXPECT_EQ(stop(only_one().leaving.value().change.id), StopAnswer::stopped);
    ask(id);
    EXPECT_EQ(only_one().leaving.value().change.pending.due_at, m_w.clock.now() + 3 * day);
}

TEST_P(Passkeys, ARemovalIsAskedForOnItsPage)
{
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    const std::string step_up = m_doors.ask("/account/passkeys/remove", {{"passkey", id.text()}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(
        m_doors.refused("/account/passkeys/remove/confirm", {{"step_up", step_up}, {"proof", "000000"}}),
        "422 proof_wrong");
    EXPECT_EQ(m_doors.next("/account/passkeys/remove/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/passkeys?done=leaves");
    EXPECT_TRUE(only_one().leaving.has_value());
    EXPECT_EQ(m_doors.refused("/account/passkeys/remove", {{"passkey", id.text()}}), "409 leaving_already");
    EXPECT_NE(m_doors.page("/account/passkeys").find("Phone"), std::string::npos);
}

// policy.md: "The last strong factor cannot go without a replacement that is old enough."
TEST_P(Passkeys, TheLastStrongFactorStays)
{
    know_browser(4 * day);
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.remove_totp_app(m_ada.app_ids.at(0));
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    EXPECT_EQ(m_doors.refused("/account/passkeys/remove", {{"passkey", id.text()}}),
              "409 last_strong_factor");
    test::enrol(m_w, m_ada.id, Authenticator(host, origin, 2), m_w.clock.now() - std::chrono::hours{71});
    EXPECT_EQ(sync_wait(may_remove(m_w.world, holder(), id)).answer, RemoveAnswer::last_strong_factor);
    m_w.clock.advance(std::chrono::hours{1});
    EXPECT_EQ(sync_wait(may_remove(m_w.world, holder(), id)).answer, RemoveAnswer::waits);
}

TEST_P(Passkeys, AWeakSessionChangesNone)
{
    const FactorId id = test::enrol(m_w, m_ada.id, m_phone);
    m_browser = test::sign_in(m_w, m_ada.id, policy::Level::aal1,
                              {policy::Method::password, policy::Method::recovery_code});
    m_doors.cookie = m_browser.cookie;
    EXPECT_EQ(m_doors.refused("/account/passkeys/add"), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/passkeys/remove", {{"passkey", id.text()}}), "403 level_too_low");
    EXPECT_EQ(m_doors.refused("/account/passkeys/rename", {{"passkey", id.text()}, {"name", "Old one"}}),
              "403 level_too_low");
    EXPECT_TRUE(m_doors.get("/account/passkeys").at("needs_sign_in").as_bool());
    m_doors.cookie.clear();
    EXPECT_EQ(m_doors.refused("/account/passkeys", {}, http::Method::get), "401 sign_in_needed");
    EXPECT_EQ(m_doors.refused("/account/passkeys/remove", {{"passkey", id.text()}}), "401 sign_in_needed");
}

}  // namespace
}  // namespace sallyport::passkeys
