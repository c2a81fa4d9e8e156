// An app goes: after a move the old phone's by itself, else as its owner asks; what stops it, what hinders
// it.
#include "slices/factors/remove_app.h"

#include "crypto/totp.h"
#include "proof/codes.h"
#include "slices/factors/add_app.h"
#include "slices/factors/show_factors.h"
#include "slices/factors/test_person.h"
#include "support/engines.h"
#include "support/stops.h"
#include "support/told.h"

#include <gtest/gtest.h>

namespace sallyport::factors {
namespace {

using policy::Level;
using policy::changes::StopAnswer;
using std::chrono::hours;
using test::Ground;
using test::Person;

constexpr Duration four_days = std::chrono::days{4};

class RemoveApp : public testing::TestWithParam<db::test::Engine> {
protected:
    /// A code of app `approver` is spent, then the deed.
    RemoveAnswer ask(Person& person, const proof::Holder& holder, FactorId app, std::size_t approver = 0)
    {
        return m_ground.transact([&](db::Tx& tx) {
            const Instant now = m_ground.clock.now();
            auto set = store::CredentialSet::load(tx, m_ground.keys.keys, person.id());
            const auto spent = proof::check_totp(tx, m_ground.world, set, person.code(approver), now);
            EXPECT_EQ(spent.answer, policy::factors::CodeAnswer::accepted);
            const auto account = store::load_account(tx, m_ground.keys.keys, person.id());
            return ask_removal(tx, m_ground.world, holder, account, set, app, now);
        });
    }
    std::vector<AppShown> shown(const proof::Holder& holder)
    {
        return sync_wait(show_apps(m_ground.world, holder)).apps;
    }
    /// The app moves; the key of the new one is m_key.
    proof::Holder move(Person& person)
    {
        m_ground.clock.advance(four_days);
        const auto holder = person.sign_in(Level::aal2);
        const auto begun = person.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
            const Instant now = m_ground.clock.now();
            proof::check_totp(tx, m_ground.world, set, person.code(0), now);
            return begin_app(tx, m_ground.world, holder, Change::move, set, m_key, now);
        });
        EXPECT_EQ(begun, policy::factors::AddVerdict::allowed);
        const auto step = crypto::step_of(m_ground.clock.now());
        sync_wait(prove_app_code(m_ground.world, holder, crypto::code_at_step(m_key, step)));
        const auto text = crypto::key_text(m_key);
        const std::string end(text.reveal_text().substr(text.size() - 9));
        EXPECT_EQ(sync_wait(finish_app(m_ground.world, holder, end)).answer, Finished::in_force);
        return holder;
    }
    bool takes(Person& person, const std::string& code)
    {
        return person.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
            const auto spent = proof::check_totp(tx, m_ground.world, set, code, m_ground.clock.now());
            return spent.answer == policy::factors::CodeAnswer::accepted;
        });
    }
    std::string new_code() const
    {
        return crypto::code_at_step(m_key, crypto::step_of(m_ground.clock.now()));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    Ground m_ground{m_fresh.database()};
    Secret m_key = crypto::new_totp_secret(m_ground.random);
};
INSTANTIATE_TEST_SUITE_P(Engines, RemoveApp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(RemoveApp, AfterAMoveTheOldPhonesAppGoesWhenTheNewOneIsOld)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = move(ada);
    EXPECT_EQ(ada.mails("E23"), 1);
    EXPECT_EQ(ada.mails("E24-asked"), 1);
    EXPECT_EQ(ada.events("app_removal_asked"), 1);
    const auto both = shown(holder);
    ASSERT_EQ(both.size(), 2U);
    ASSERT_TRUE(both[0].leaving.has_value());
    EXPECT_EQ(both[0].leaving->change.pending.due_at, m_ground.clock.now() + hours{72});
    EXPECT_FALSE(both[1].leaving.has_value()) << "the new one stays";
    EXPECT_FALSE(both[0].may_remove || both[1].may_remove);

    m_ground.clock.advance(hours{72} - Duration{1});
    EXPECT_EQ(sallyport::test::do_due(m_ground), 0);
    EXPECT_TRUE(takes(ada, ada.code(0))) << "until then either signs in";
    m_ground.clock.advance(Duration{1});
    EXPECT_EQ(sallyport::test::do_due(m_ground), 1);
    EXPECT_EQ(ada.apps(), 1U);
    EXPECT_EQ(ada.mails("E24"), 1);
    EXPECT_EQ(ada.events("app_removed"), 1);
    EXPECT_EQ(ada.sessions(), 0);
    EXPECT_EQ(m_ground.credentials(ada.id()).holds().size(), 2U) << "one for the move, one for this";
    m_ground.clock.advance(hours{1});
    EXPECT_FALSE(takes(ada, ada.code(0)));
    EXPECT_TRUE(takes(ada, new_code()));
    EXPECT_EQ(sallyport::test::do_due(m_ground), 0);
    m_ground.clock.advance(four_days);
    const auto again = ada.sign_in(Level::aal2);
    EXPECT_EQ(sync_wait(may_change_app(m_ground.world, again, Change::move)),
              policy::factors::AddVerdict::allowed)
        << "the next move";
}

TEST_P(RemoveApp, TheOwnerWhoWasRobbedKeepsTheOldApp)
{
    Person ada(m_ground, "ada@mail.example", 1);
    move(ada);
    const std::string code = sallyport::test::stop_code_of(m_ground, "E24-asked");
    ASSERT_FALSE(code.empty());
    EXPECT_EQ(sallyport::test::stop_by_code(m_ground, code), StopAnswer::stopped);
    m_ground.clock.advance(hours{80});
    EXPECT_EQ(sallyport::test::do_due(m_ground), 0);
    EXPECT_EQ(ada.apps(), 2U);
    EXPECT_TRUE(takes(ada, ada.code(0)));
    // And now whose app is not theirs goes, by the old one.
    const auto holder = ada.sign_in(Level::aal2);
    m_ground.clock.advance(hours{1});
    const auto apps = shown(holder);
    EXPECT_EQ(ask(ada, holder, apps[1].id), RemoveAnswer::waits_long) << "stopped lately: 72 hours";
}

TEST_P(RemoveApp, WaitsIsToldAndGoes)
{
    Person ada(m_ground, "ada@mail.example", 2);
    m_ground.clock.advance(four_days);
    const auto holder = ada.sign_in(Level::aal2);
    const auto apps = shown(holder);
    ASSERT_EQ(apps.size(), 2U);
    EXPECT_TRUE(apps[0].may_remove && apps[1].may_remove);
    const auto answer = ask(ada, holder, apps[1].id);
    EXPECT_EQ(answer, RemoveAnswer::waits_long) << "a browser that is not known for 72 hours";
    EXPECT_EQ(ada.mails("E24-asked"), 1);
    m_ground.clock.advance(hours{1});
    EXPECT_EQ(ask(ada, holder, apps[1].id), RemoveAnswer::leaving_already);
    m_ground.clock.advance(hours{1});
    EXPECT_EQ(ask(ada, holder, apps[0].id), RemoveAnswer::last_strong_factor) << "never both";
    m_ground.clock.advance(hours{72});
    EXPECT_EQ(sallyport::test::do_due(m_ground), 1);
    EXPECT_EQ(ada.apps(), 1U);
    EXPECT_EQ(shown(ada.sign_in(Level::aal2))[0].id, apps[0].id);
}

TEST_P(RemoveApp, IsNotAskedForByLess)
{
    Person ada(m_ground, "ada@mail.example", 2);
    auto holder = ada.sign_in(Level::aal2);
    const auto apps = shown(holder);
    EXPECT_EQ(ask(ada, holder, apps[1].id), RemoveAnswer::too_young) << "a young app approves no weakening";
    m_ground.clock.advance(four_days);
    const auto weak = ada.sign_in(Level::aal1, {policy::Method::password});
    EXPECT_EQ(sync_wait(may_remove_app(m_ground.world, weak, apps[1].id)).answer, RemoveAnswer::needs_level);
    EXPECT_EQ(ask(ada, weak, apps[1].id), RemoveAnswer::needs_level);
    Person eve(m_ground, "eve@mail.example", 2);
    const auto hers = eve.sign_in(Level::aal2);
    EXPECT_FALSE(sync_wait(may_remove_app(m_ground.world, hers, apps[1].id)).known) << "nobody else's";
    EXPECT_EQ(ada.events("app_removal_asked"), 0);
    Person one(m_ground, "one@mail.example", 1);
    m_ground.clock.advance(four_days);
    holder = one.sign_in(Level::aal2);
    EXPECT_EQ(ask(one, holder, shown(holder)[0].id), RemoveAnswer::last_strong_factor);
}

}  // namespace
}  // namespace sallyport::factors
