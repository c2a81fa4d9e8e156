// A password goes when passkeys in two places stay, and comes back; by its pages and as use cases, on both
// engines.
#include "slices/account/endpoints.h"
#include "slices/account/remove_password.h"
#include "slices/account/test_actor.h"

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

namespace sallyport::account {
namespace {

using policy::changes::StopAnswer;
using test::Authenticator;

constexpr auto day = std::chrono::hours{24};
constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";
constexpr auto new_password = "four green lamps at noon";

/// Of a provider that its AAGUID names.
Authenticator synced(std::uint8_t number, std::string_view aaguid)
{
    Authenticator key(host, origin, number);
    const auto uuid = uuid_from_text(aaguid);
    key.aaguid.assign(uuid->begin(), uuid->end());
    return key;
}
Authenticator apple() { return synced(1, "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"); }
Authenticator google() { return synced(2, "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"); }
Authenticator hardware()
{
    Authenticator key(host, origin, 3);
    key.backup_eligible = key.backed_up = false;
    return key;
}

class Passwordless : public testing::TestWithParam<db::test::Engine> {
protected:
    Passwordless()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_browser.cookie;
        know_browser();
    }
    void know_browser()
    {
        store::TokenHash token{};
        token.fill(8);
        m_browser.asker.browser_tokens = {token};
        m_w.transact([&](db::Tx& tx) {
            const Instant since = m_w.clock.now() - 4 * day;
            store::know_browser(tx, m_w.keys.keys, {token, since, since}, m_ada.id, 10);
        });
    }
    void enrol_two()
    {
        test::enrol(m_w, m_ada.id, apple());
        test::enrol(m_w, m_ada.id, google());
    }
    std::string code()
    {
        m_w.clock.advance(std::chrono::seconds{30});
        return m_ada.code(m_w.clock.now());
    }
    PasswordState state() { return sync_wait(read_password_state(m_w.world, actor_of(m_browser))); }
    std::optional<Instant> leaves_at()
    {
        const auto leaving = state().leaving;
        return leaving ? std::optional(leaving->change.pending.due_at) : std::nullopt;
    }
    /// As the step-up does it, by a right code.
    RemoveAnswer ask()
    {
        m_w.clock.advance(std::chrono::seconds{30});
        RemoveAnswer answer{};
        in_deed(m_w, actor_of(m_browser), [&](db::Tx& tx, const auto& account, auto& credentials) {
            const Instant now = m_w.clock.now();
            EXPECT_EQ(proof::check_totp(tx, m_w.world, credentials, m_ada.code(now), now).answer,
                      policy::factors::CodeAnswer::accepted);
            answer = ask_password_removal(tx, m_w.world, actor_of(m_browser), account, credentials, now);
        });
        return answer;
    }
    StopAnswer keep()
    {
        return sync_wait(proof::stop_by_session(m_w.world, actor_of(m_browser),
                                                policy::changes::Kind::remove_password,
                                                state().leaving.value().change.id));
    }
    std::int64_t sweep() { return test::do_due(m_w); }
    bool has_password() { return m_w.credentials(m_ada.id).password().has_value(); }
    std::int64_t mails(const std::string& mail) { return test::mails_of(m_w, m_ada.id, mail); }
    std::int64_t events(const std::string& kind) { return test::events_of(m_w, m_ada.id, kind); }
    void sign_in_by_passkey()
    {
        m_browser = test::sign_in(m_w, m_ada.id, policy::Level::aal2, {policy::Method::passkey});
        m_doors.cookie = m_browser.cookie;
        know_browser();
    }
    /// The change is due and done.
    void remove()
    {
        enrol_two();
        EXPECT_EQ(ask(), RemoveAnswer::waits);
        m_w.clock.advance(day);
        EXPECT_EQ(sweep(), 1);
        EXPECT_FALSE(has_password());
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person();
    test::Browser m_browser = test::sign_in(m_w, m_ada.id);
};
INSTANTIATE_TEST_SUITE_P(Engines, Passwordless, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(Passwordless, NeedsTwoPasskeysInDifferentPlacesThatAreOldEnough)
{
    EXPECT_EQ(m_doors.refused("/account/password/remove"), "409 last_way_in");
    test::enrol(m_w, m_ada.id, apple());
    EXPECT_EQ(state().may_remove, RemoveAnswer::last_way_in) << "one";
    const auto same = synced(4, "dd4ec289-e01d-41c9-bb89-70fa845d4bf2");
    test::enrol(m_w, m_ada.id, same);
    EXPECT_EQ(state().may_remove, RemoveAnswer::last_way_in) << "two in one cloud";
    EXPECT_NE(m_doors.page("/account/password").find("different places"), std::string::npos);
    test::enrol(m_w, m_ada.id, hardware(), m_w.clock.now() - std::chrono::hours{71});
    EXPECT_EQ(state().may_remove, RemoveAnswer::last_way_in) << "a young one";
    EXPECT_EQ(m_doors.refused("/account/password/remove"), "409 last_way_in");
    m_w.clock.advance(std::chrono::hours{1});
    // A key in one piece of hardware lifts the account to aal3, which this session has not.
    EXPECT_EQ(state().may_remove, RemoveAnswer::waits_long);
    EXPECT_EQ(state().wait, 3 * day);
}

TEST_P(Passwordless, GoesAfterADayAndSaysSo)
{
    enrol_two();
    EXPECT_EQ(state().wait, day);
    const std::string step_up = m_doors.ask("/account/password/remove");
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(
        m_doors.refused("/account/password/remove/confirm", {{"step_up", step_up}, {"proof", "000000"}}),
        "422 proof_wrong");
    EXPECT_EQ(m_doors.next("/account/password/remove/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/password?done=leaves");
    EXPECT_EQ(mails("E19-asked"), 1);
    EXPECT_EQ(events("password_removal_asked"), 1);
    // The doors' browser has no known-browser cookie: 72 hours.
    const Instant due = m_w.clock.now() + 3 * day;
    EXPECT_EQ(leaves_at(), due);
    EXPECT_EQ(m_doors.refused("/account/password/remove"), "409 leaving_already");
    EXPECT_NE(m_doors.page("/account/password?done=leaves").find("/account/password/keep"),
              std::string::npos);

    m_w.clock.set(due - Duration{1});
    EXPECT_EQ(sweep(), 0);
    EXPECT_TRUE(has_password());
    m_w.clock.set(due);
    EXPECT_EQ(sweep(), 1);
    EXPECT_FALSE(has_password());
    EXPECT_EQ(mails("E19-removed"), 1);
    EXPECT_EQ(events("password_removed"), 1);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U);
    EXPECT_EQ(m_w.credentials(m_ada.id).held_until(due), due + 7 * day);
    EXPECT_EQ(sweep(), 0) << "once";
}

// ux.md M12: the page of the change says why it waits.
TEST_P(Passwordless, ItsPageSaysWhyTheRemovalWaits)
{
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    const auto late = [&] {
        const auto page = m_doors.get("/account/password");
        EXPECT_FALSE(page.at("latest").is_null());
        return std::string(page.at("late").as_string());
    };
    EXPECT_EQ(late(), "") << "not due yet";
    m_w.clock.advance(day);
    m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
    EXPECT_EQ(late(), "untold");
    const auto overview = m_doors.get("/account").at("changes").as_array();
    ASSERT_EQ(overview.size(), 1U);
    EXPECT_EQ(overview[0].at("late").as_string(), "untold");
    for (const char* const page : {"/account/password", "/account"})
        EXPECT_NE(m_doors.page(page).find("no message about it"), std::string::npos) << page;
    test::told(m_w);
    EXPECT_EQ(late(), "") << "the worker does it now";
}

TEST_P(Passwordless, GoesOnceWhereTwoWorkersFindIt)
{
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    EXPECT_EQ(ask(), RemoveAnswer::leaving_already);
    m_w.clock.advance(day);
    std::atomic<std::int64_t> done = 0;
    test::in_parallel(4, [&](int) { done += test::do_due(m_w); });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(mails("E19-removed"), 1);
}

TEST_P(Passwordless, ASessionKeepsItOnceAndAFactorAlways)
{
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    EXPECT_EQ(keep(), StopAnswer::stopped);
    EXPECT_EQ(events("change_stopped"), 1);
    EXPECT_FALSE(leaves_at().has_value());
    ask();
    EXPECT_EQ(leaves_at(), m_w.clock.now() + 3 * day) << "asked again after it was stopped";
    EXPECT_EQ(keep(), StopAnswer::once_only);
    const std::string change = state().leaving->change.id.text();
    const std::string step_up = m_doors.ask("/account/password/keep", {{"change", change}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(m_doors.next("/account/password/keep/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/password?done=kept");
    EXPECT_EQ(m_doors.refused("/account/password/keep", {{"change", change}}), "409 too_late");
    m_w.clock.advance(10 * day);
    EXPECT_EQ(sweep(), 0);
    EXPECT_TRUE(has_password());
}

TEST_P(Passwordless, EveryChannelHasAStopCodeOfItsOwnUntilItIsOver)
{
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now() - day});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    const std::string by_mail = test::stop_code_of(m_w, "E19-asked");
    EXPECT_EQ(test::stop_by_code(m_w, test::stop_code_of(m_w, "T10")), StopAnswer::stopped);
    EXPECT_EQ(test::stop_by_code(m_w, by_mail), std::nullopt) << "all of them end with the change";
    ask();
    EXPECT_EQ(test::stop_by_code(m_w, test::stop_code_of(m_w, "E19-asked")), StopAnswer::stopped);
    ask();
    const std::string kept = test::stop_code_of(m_w, "E19-asked");
    EXPECT_EQ(test::stop_by_code(m_w, kept), StopAnswer::once_only);
    const std::string step_up = m_doors.ask("/account/password", {{"new_password", new_password}});
    EXPECT_EQ(m_doors.next("/account/password/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/password/changed");
    EXPECT_EQ(test::stop_by_code(m_w, kept), std::nullopt) << "a new password ended it";
    m_w.clock.advance(10 * day);
    EXPECT_EQ(sweep(), 0);
    EXPECT_TRUE(has_password());
}

TEST_P(Passwordless, IsKeptByANewPassword)
{
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    const std::string step_up = m_doors.ask("/account/password", {{"new_password", new_password}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(m_doors.next("/account/password/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/password/changed");
    EXPECT_FALSE(leaves_at().has_value());
    m_w.clock.advance(4 * day);
    EXPECT_EQ(sweep(), 0);
    EXPECT_TRUE(has_password());
}

// Also by a way that stops nothing itself: who set it anew meant to keep it.
TEST_P(Passwordless, StaysWhereItWasSetAnewMeanwhile)
{
    enrol_two();
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    m_w.clock.advance(std::chrono::hours{1});
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.set_password(m_w.random.id<FactorId>(m_w.clock.now()), *set.password(), m_w.clock.now());
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    m_w.clock.advance(4 * day);
    sweep();
    EXPECT_TRUE(has_password());
    EXPECT_EQ(events("change_stopped"), 1);
}

// The account as it is when the change is due decides: nobody is left with less than two places.
TEST_P(Passwordless, StaysWhereAPasskeyHasGoneMeanwhile)
{
    const FactorId phone = test::enrol(m_w, m_ada.id, apple());
    test::enrol(m_w, m_ada.id, google());
    EXPECT_EQ(ask(), RemoveAnswer::waits);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.remove_passkey(phone);
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    m_w.clock.advance(day);
    sweep();
    EXPECT_TRUE(has_password());
    EXPECT_EQ(mails("E19-removed"), 0);
    EXPECT_EQ(mails("E29-stopped"), 1) << "who was told that it would go is told that it stays";
    EXPECT_EQ(events("change_stopped"), 1);
    EXPECT_EQ(sweep(), 0) << "and it is over";
}

TEST_P(Passwordless, AYoungFactorApprovesNoRemoval)
{
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    test::enrol(m_w, eve.id, apple());
    test::enrol(m_w, eve.id, google());
    const auto browser = test::sign_in(m_w, eve.id);
    in_deed(m_w, actor_of(browser), [&](db::Tx& tx, const auto& account, auto& credentials) {
        // No factor was used at this moment, so that none that is old enough approved it.
        EXPECT_EQ(
            ask_password_removal(tx, m_w.world, actor_of(browser), account, credentials, m_w.clock.now()),
            RemoveAnswer::too_young);
    });
}

TEST_P(Passwordless, AWeakSessionAsksForNone)
{
    enrol_two();
    m_browser = test::sign_in(m_w, m_ada.id, policy::Level::aal1,
                              {policy::Method::password, policy::Method::recovery_code});
    m_doors.cookie = m_browser.cookie;
    EXPECT_EQ(m_doors.refused("/account/password/remove"), "403 level_too_low");
    m_doors.cookie.clear();
    EXPECT_EQ(m_doors.refused("/account/password/remove"), "401 sign_in_needed");
}

TEST_P(Passwordless, APasswordIsAddedAgainAtOnceAndValueWaits)
{
    remove();
    sign_in_by_passkey();
    m_w.clock.advance(8 * day);
    sign_in_by_passkey();
    const auto before = m_w.credentials(m_ada.id).held_until(m_w.clock.now());
    EXPECT_FALSE(before.has_value());
    EXPECT_NE(m_doors.page("/account/password").find("Add a password"), std::string::npos);
    EXPECT_EQ(m_doors.refused("/account/password", {{"new_password", m_ada.password}}),
              "422 password_refused")
        << "the one that was removed is an old one";
    const std::string step_up = m_doors.ask("/account/password", {{"new_password", new_password}});
    ASSERT_FALSE(step_up.empty());
    EXPECT_EQ(m_doors.next("/account/password/confirm", {{"step_up", step_up}, {"proof", code()}}),
              "/account/password/changed");
    EXPECT_TRUE(has_password());
    EXPECT_EQ(mails("E19-added"), 1);
    EXPECT_EQ(mails("E19"), 0);
    EXPECT_EQ(events("password_added"), 1);
    EXPECT_EQ(m_w.credentials(m_ada.id).held_until(m_w.clock.now()), m_w.clock.now() + 3 * day);
}

}  // namespace
}  // namespace sallyport::account
