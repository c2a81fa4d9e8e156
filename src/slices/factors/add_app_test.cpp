#include "slices/factors/add_app.h"

#include "proof/codes.h"
#include "slices/factors/test_person.h"
#include "support/each_call.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace sallyport::factors {
namespace {

using policy::Level;
using policy::factors::AddVerdict;
using test::Ground;
using test::Person;

constexpr Duration four_days = std::chrono::days{4};

class AddApp : public testing::TestWithParam<db::test::Engine> {
protected:
    /// What the step-up does: a code of app `approver` is spent, then the deed.
    AddVerdict begin(Person& person, const proof::Holder& holder, Change change,
                     std::optional<std::size_t> approver = 0)
    {
        return person.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
            const Instant now = m_ground.clock.now();
            if (approver) {
                const auto spent = proof::check_totp(tx, m_ground.world, set, person.code(*approver), now);
                EXPECT_EQ(spent.answer, policy::factors::CodeAnswer::accepted);
            }
            return begin_app(tx, m_ground.world, holder, change, set, m_key, now);
        });
    }
    [[nodiscard]] std::string new_code(std::int64_t steps_off = 0) const
    {
        return crypto::code_at_step(m_key, crypto::step_of(m_ground.clock.now()) + steps_off);
    }
    [[nodiscard]] std::string key_end() const
    {
        const auto text = crypto::key_text(m_key);
        return std::string(text.reveal_text().substr(text.size() - 9));  // two groups and the space between
    }
    CodeProven prove(const proof::Holder& holder, std::string code)
    {
        return sync_wait(prove_app_code(m_ground.world, holder, std::move(code))).answer;
    }
    Finished finish(const proof::Holder& holder, std::string part)
    {
        return sync_wait(finish_app(m_ground.world, holder, std::move(part))).answer;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_database{m_fresh.database()};
    Ground m_ground{m_database};
    Secret m_key = crypto::new_totp_secret(m_ground.random);
};

TEST_P(AddApp, IsInForceOnlyAfterCodeAndBackup)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto other = ada.sign_in(Level::aal2);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    EXPECT_EQ(finish(holder, key_end()), Finished::not_now);  // the code is missing
    EXPECT_EQ(prove(holder, "000 00"), CodeProven::malformed);
    EXPECT_EQ(prove(holder, new_code()), CodeProven::proven);
    EXPECT_EQ(ada.apps(), 1U);
    EXPECT_EQ(finish(holder, "AAAA AAAA"), Finished::wrong);
    EXPECT_EQ(finish(holder, key_end().substr(5)), Finished::wrong);  // one group is too little
    EXPECT_EQ(ada.sessions(), 2);
    EXPECT_EQ(finish(holder, key_end()), Finished::in_force);
    EXPECT_EQ(ada.apps(), 2U);
    EXPECT_EQ(ada.sessions(), 1);  // the other one has ended
    EXPECT_EQ(ada.mails("E23"), 1);
    EXPECT_EQ(ada.events("app_added"), 1);
    EXPECT_EQ(m_ground.wakes, 1);
    EXPECT_EQ(finish(holder, key_end()), Finished::over);
    EXPECT_EQ(finish(other, key_end()), Finished::over);
}

TEST_P(AddApp, TheCodeOfTheSetUpSignsNobodyIn)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    const std::string code = new_code();
    ASSERT_EQ(prove(holder, code), CodeProven::proven);
    ASSERT_EQ(finish(holder, key_end()), Finished::in_force);
    const auto again = ada.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
        return proof::check_totp(tx, m_ground.world, set, code, m_ground.clock.now()).answer;
    });
    EXPECT_EQ(again, policy::factors::CodeAnswer::replayed);
    m_ground.clock.advance(std::chrono::seconds{30});
    const auto next = ada.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
        return proof::check_totp(tx, m_ground.world, set, new_code(), m_ground.clock.now()).answer;
    });
    EXPECT_EQ(next, policy::factors::CodeAnswer::accepted);
}

TEST_P(AddApp, NamesAPhoneClockThatIsOff)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    const auto late = sync_wait(prove_app_code(m_ground.world, holder, new_code(-4)));
    EXPECT_EQ(late.answer, CodeProven::wrong);
    EXPECT_EQ(late.drift, Duration{std::chrono::minutes{-2}});
    EXPECT_EQ(finish(holder, key_end()), Finished::not_now);  // nothing was accepted
    EXPECT_EQ(prove(holder, new_code(-1)), CodeProven::proven);
    ASSERT_EQ(finish(holder, key_end()), Finished::in_force);
}

TEST_P(AddApp, AMoveNeedsAnAppThatIsOldEnough)
{
    Person ada(m_ground, "ada@mail.example", 1);
    auto holder = ada.sign_in(Level::aal2);
    EXPECT_EQ(begin(ada, holder, Change::move), AddVerdict::too_young);
    EXPECT_EQ(sync_wait(may_change_app(m_ground.world, holder, Change::move)), AddVerdict::too_young);
    EXPECT_FALSE(sync_wait(find_app(m_ground.world, holder)).has_value());
    m_ground.clock.advance(four_days);
    holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::move), AddVerdict::allowed);
    ASSERT_EQ(prove(holder, new_code()), CodeProven::proven);
    const auto outcome = sync_wait(finish_app(m_ground.world, holder, key_end()));
    EXPECT_EQ(outcome.answer, Finished::in_force);
    EXPECT_TRUE(outcome.moving);
    EXPECT_EQ(ada.apps(), 2U);  // the old one stays until it can be removed
    EXPECT_EQ(ada.events("app_moved"), 1);
    EXPECT_EQ(sync_wait(may_change_app(m_ground.world, holder, Change::move)),
              AddVerdict::replacement_running);
    EXPECT_EQ(sync_wait(may_change_app(m_ground.world, holder, Change::add)), AddVerdict::too_many);
}

// attacks.md, case 8: what signs in with less than the account has cannot give itself a factor.
TEST_P(AddApp, AWeakSessionCanNeitherAddNorMove)
{
    Person ada(m_ground, "ada@mail.example", 1);
    m_ground.clock.advance(four_days);
    for (const auto& methods : {policy::Methods{policy::Method::password},
                                policy::Methods{policy::Method::password, policy::Method::recovery_code}}) {
        const auto weak = ada.sign_in(Level::aal1, methods);
        EXPECT_EQ(sync_wait(may_change_app(m_ground.world, weak, Change::add)), AddVerdict::needs_level);
        EXPECT_EQ(sync_wait(may_change_app(m_ground.world, weak, Change::move)), AddVerdict::needs_level);
        EXPECT_EQ(begin(ada, weak, Change::add), AddVerdict::needs_level);  // even with a code in hand
        m_ground.clock.advance(std::chrono::seconds{60});
        EXPECT_EQ(begin(ada, weak, Change::move), AddVerdict::needs_level);
        m_ground.clock.advance(std::chrono::seconds{60});
        EXPECT_FALSE(sync_wait(find_app(m_ground.world, weak)).has_value());
    }
    EXPECT_EQ(ada.apps(), 1U);
}

TEST_P(AddApp, AnAccountWithoutAppAddsItsFirst)
{
    Person bob(m_ground, "bob@mail.example", 0);
    const auto holder = bob.sign_in(Level::aal1, {policy::Method::password});
    ASSERT_EQ(begin(bob, holder, Change::add, std::nullopt), AddVerdict::allowed);
    ASSERT_EQ(prove(holder, new_code()), CodeProven::proven);
    EXPECT_EQ(finish(holder, key_end()), Finished::in_force);
    EXPECT_EQ(bob.apps(), 1U);
    EXPECT_EQ(sync_wait(may_change_app(m_ground.world, holder, Change::add)), AddVerdict::needs_level);
}

TEST_P(AddApp, BelongsToOneSessionOfOneAccountForAQuarterOfAnHour)
{
    Person ada(m_ground, "ada@mail.example", 1);
    Person eve(m_ground, "eve@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    const auto elsewhere = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    proof::Holder stolen = eve.sign_in(Level::aal2);
    EXPECT_EQ(prove(elsewhere, new_code()), CodeProven::over);
    EXPECT_EQ(prove(stolen, new_code()), CodeProven::over);
    stolen.session = holder.session;  // the row is found, and is not hers
    EXPECT_EQ(prove(stolen, new_code()), CodeProven::over);
    EXPECT_EQ(finish(stolen, key_end()), Finished::over);
    ASSERT_EQ(prove(holder, new_code()), CodeProven::proven);
    EXPECT_EQ(finish(elsewhere, key_end()), Finished::over);
    m_ground.clock.advance(app_set_up_life);
    EXPECT_EQ(finish(holder, key_end()), Finished::over);
    EXPECT_EQ(ada.apps() + eve.apps(), 2U);
}

TEST_P(AddApp, ASessionThatHasEndedFinishesNothing)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    ASSERT_EQ(prove(holder, new_code()), CodeProven::proven);
    auto end = [&](db::Tx& tx) {
        return store::end_sessions(tx, ada.id(), std::nullopt, m_ground.clock.now());
    };
    sync_wait(m_fresh.database().transact(end));
    EXPECT_EQ(finish(holder, key_end()), Finished::over);
    EXPECT_EQ(ada.apps(), 1U);
}

TEST_P(AddApp, FinishingTwiceAtOnceMakesOneApp)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    ASSERT_EQ(prove(holder, new_code()), CodeProven::proven);
    constexpr std::size_t presses = 8;
    std::vector<Finished> answers(presses);
    std::vector<std::thread> running;
    for (Finished& answer : answers) running.emplace_back([&] { answer = finish(holder, key_end()); });
    for (std::thread& thread : running) thread.join();
    EXPECT_EQ(std::ranges::count(answers, Finished::in_force), 1);
    EXPECT_EQ(std::ranges::count(answers, Finished::over), static_cast<std::ptrdiff_t>(presses) - 1);
    EXPECT_EQ(ada.apps(), 2U);
    EXPECT_EQ(ada.mails("E23"), 1);
}

TEST_P(AddApp, CancellingChangesNothing)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder, Change::add), AddVerdict::allowed);
    sync_wait(cancel_app(m_ground.world, holder));
    EXPECT_EQ(prove(holder, new_code()), CodeProven::over);
}

// Each call to the database fails once, before it or with its answer lost: pressing again ends with one app
// and one mail.
TEST_P(AddApp, SurvivesEachFailingCall)
{
    db::test::with_each_call_failing(m_database, 2, [&](const std::string& name, const auto& attempt) {
        Person person(m_ground, name + "@mail.example", 1);
        const auto holder = person.sign_in(Level::aal2);
        ASSERT_EQ(begin(person, holder, Change::add), AddVerdict::allowed);
        const auto run = [&] {
            if (prove(holder, new_code()) == CodeProven::proven) finish(holder, key_end());
        };
        if (!attempt(run)) run();
        EXPECT_EQ(person.apps(), 2U);
        EXPECT_EQ(person.mails("E23"), 1);
        EXPECT_EQ(person.events("app_added"), 1);
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, AddApp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

}  // namespace
}  // namespace sallyport::factors
