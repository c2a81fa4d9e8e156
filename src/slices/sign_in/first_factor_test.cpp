// E-mail and password: what a stranger can tell apart (nothing), what a try costs, and what follows a right
// one.
#include "slices/sign_in/first_factor.h"

#include "slices/sign_in/half_finished.h"
#include "store/due_work.h"
#include "store/known_browsers.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/locked.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using test::Person;
using test::start_of_test;
using test::stranger;

struct Cost {
    std::uint64_t statements;
    std::uint64_t hashes;
    std::uint64_t work;
    friend bool operator==(const Cost&, const Cost&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Cost& cost)
    {
        return out << cost.statements << " statements, " << cost.hashes << " hashes, " << cost.work << " KiB";
    }
};

class FirstFactor : public testing::TestWithParam<db::test::Engine> {
protected:
    FirstOutcome sign_in(test::World& w, std::string_view email, std::string_view password,
                         proof::Asker asker = stranger(), std::optional<store::TokenHash> pass = std::nullopt)
    {
        PasswordCommand command{Email::parse(email), Secret::from_text(password), "/account", pass};
        return sync_wait(check_password(w.world, std::move(asker), std::move(command)));
    }
    FirstOutcome sign_in(std::string_view email, std::string_view password, proof::Asker asker = stranger())
    {
        return sign_in(m_w, email, password, std::move(asker));
    }
    Cost cost(const std::function<void()>& work)
    {
        const auto& database = m_fresh.database();
        const Cost before{database.statement_count(), m_w.hashes.hashes_run(), m_w.hashes.work_done()};
        work();
        return {database.statement_count() - before.statements, m_w.hashes.hashes_run() - before.hashes,
                m_w.hashes.work_done() - before.work};
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::CapturedLog m_log;
};
INSTANTIATE_TEST_SUITE_P(Engines, FirstFactor, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(FirstFactor, UnknownAndWrongCostAndAnswerTheSame)
{
    const Person ada = m_w.person({.apps = 2, .codes = 3, .hash = {.memory_kib = 256, .passes = 2}});
    m_w.person({.email = "cheap@mail.example"});
    m_w.person({.email = "bare@mail.example", .apps = 0});
    const auto refused = [&](std::string_view email, proof::Asker asker = stranger()) {
        return cost([&] {
            const auto outcome = sign_in(email, "not the password", asker);
            EXPECT_EQ(outcome.answer, First::refused) << email;
            EXPECT_FALSE(outcome.half_finished.has_value());
            EXPECT_FALSE(outcome.session.has_value());
            EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::none);
            EXPECT_TRUE(outcome.needs_pass == false && outcome.until == Instant{} &&
                        outcome.busy_seconds == 0);
        });
    };
    const Cost known = refused("ada@mail.example");
    EXPECT_EQ(known.hashes, 1U);
    EXPECT_GE(known.work, 512U) << "the dearest that is stored anywhere";
    for (const char* other : {"nobody@mail.example", "cheap@mail.example", "bare@mail.example", "no address"})
        EXPECT_EQ(refused(other), known) << other;
    const auto in_browser = test::with_browser(stranger(), store::TokenHash{5});
    EXPECT_EQ(refused("ada@mail.example", in_browser), known);
    EXPECT_EQ(refused("nobody@mail.example", in_browser), known);

    // With the guard off, the test would see it: the statements of an unknown account without load_nothing
    // are fewer.
    const Cost nothing = cost([&] {
        m_w.transact([&](db::Tx& tx) {
            store::CredentialSet::load_nothing(tx, m_w.random.id<AccountId>(start_of_test));
        });
    });
    EXPECT_GT(nothing.statements, 0U);
    EXPECT_NE((Cost{known.statements - nothing.statements, known.hashes, known.work}),
              refused("nobody@mail.example"));
    const Cost one_more = cost([&] {
        sign_in("nobody@mail.example", "not the password");
        m_w.transact([](db::Tx& tx) { store::dearest_hash_parameters(tx); });
    });
    EXPECT_NE(one_more, known);
}

TEST_P(FirstFactor, TheTenthTryOfStrangersCostsTheSameForAnUnknownAddress)
{
    const Person ada = m_w.person();
    std::vector<Cost> costs[2];
    for (int i = 1; i <= 10; ++i) {
        costs[0].push_back(cost([&] { sign_in("ada@mail.example", "not the password"); }));
        costs[1].push_back(cost([&] { sign_in("nobody@mail.example", "not the password"); }));
    }
    EXPECT_EQ(costs[0], costs[1]);
    EXPECT_NE(costs[0].back(), costs[0].front()) << "the worker is asked to tell the owner, if there is one";
    EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::due_accounts(tx, m_w.clock.now(), 9); }),
              std::vector{ada.id});
}

TEST_P(FirstFactor, WaitingIsTheSameForAnAddressThatNobodyHas)
{
    m_w.person();
    for (const char* email : {"ada@mail.example", "nobody@mail.example"}) {
        for (int n = 0; n < 10; ++n) ASSERT_EQ(sign_in(email, "wrong").answer, First::refused) << n;
        FirstOutcome waits;
        const Cost cost_of_waiting = cost([&] { waits = sign_in(email, "wrong"); });
        EXPECT_EQ(waits.answer, First::wait);
        EXPECT_EQ(waits.until, start_of_test + std::chrono::seconds{30});
        EXPECT_FALSE(waits.needs_pass);
        EXPECT_EQ(cost_of_waiting.hashes, 0U);
        EXPECT_EQ(cost_of_waiting.statements, 7U) << "the same for both";
    }
}

TEST_P(FirstFactor, LockedAndClosedShareTheAnswerAndTheCost)
{
    m_w.person({.email = "dear@mail.example", .hash = {.memory_kib = 256, .passes = 2}});
    const Cost unknown =
        cost([&] { EXPECT_EQ(sign_in("nobody@mail.example", "wrong").answer, First::refused); });
    EXPECT_EQ(unknown.hashes, 1U);
    EXPECT_GE(unknown.work, 512U) << "the dearest that is stored anywhere";
    for (const std::string state : {"locked", "closed"}) {
        const Person person = m_w.person({.email = state + "@mail.example"});
        test::put_state(m_w, person.id, state);
        const First proven = state == "locked" ? First::locked : First::refused;
        const Cost right =
            cost([&] { EXPECT_EQ(sign_in(person.email.address(), person.password).answer, proven); });
        const Cost wrong =
            cost([&] { EXPECT_EQ(sign_in(person.email.address(), "wrong").answer, First::refused); });
        if (state == "closed")
            EXPECT_EQ(right, unknown) << "not even who knows the password learns that it is closed";
        EXPECT_EQ(right.hashes, unknown.hashes);
        EXPECT_EQ(wrong, unknown);
    }
}

TEST_P(FirstFactor, ARightPasswordAsksForTheSecondFactor)
{
    const Person ada = m_w.person({.codes = 2});
    auto outcome = sign_in("ADA@mail.example ", ada.password);
    ASSERT_EQ(outcome.answer, First::second_factor);
    ASSERT_TRUE(outcome.half_finished.has_value());
    EXPECT_FALSE(outcome.session.has_value());
    EXPECT_EQ(outcome.second, policy::Method::totp);
    const auto row = m_w.transact(
        [&](db::Tx& tx) { return find(tx, m_w.world, outcome.half_finished->hash, m_w.clock.now()); });
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->account, ada.id);
    EXPECT_EQ(row->then, "/account");
    EXPECT_TRUE(
        m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, ada.id); }).empty());
    const Person paper = m_w.person({.email = "paper@mail.example", .apps = 0, .codes = 1});
    EXPECT_EQ(sign_in("paper@mail.example", paper.password).second, policy::Method::recovery_code);
    // A right password is no failure: it is given back.
    for (int n = 0; n < 15; ++n)
        ASSERT_EQ(sign_in("ada@mail.example", ada.password).answer, First::second_factor) << n;
}

TEST_P(FirstFactor, WithoutASecondFactorASessionIsOpened)
{
    const Person ada = m_w.person({.apps = 0});
    const auto outcome = sign_in("ada@mail.example", ada.password);
    ASSERT_EQ(outcome.answer, First::signed_in);
    EXPECT_TRUE(outcome.must_add_factor);
    EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::fresh);
    const auto sessions =
        m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, ada.id); });
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].level, 1);
    EXPECT_EQ(sessions[0].token_hash, outcome.session->session.hash);
}

TEST_P(FirstFactor, AHashOfOtherParametersIsMadeAnew)
{
    const Person ada = m_w.person({.hash = {.memory_kib = 32, .passes = 1}});
    const std::string old = m_w.credentials(ada.id).password()->phc;
    EXPECT_EQ(sign_in("ada@mail.example", "wrong").answer, First::refused);
    EXPECT_EQ(m_w.credentials(ada.id).password()->phc, old);
    const auto changed_at = m_w.credentials(ada.id).password_changed_at();
    EXPECT_EQ(sign_in("ada@mail.example", ada.password).answer, First::second_factor);
    const std::string upgraded = m_w.credentials(ada.id).password()->phc;
    EXPECT_NE(upgraded, old);
    EXPECT_FALSE(crypto::needs_upgrade(upgraded, test::cheap_hash));
    EXPECT_EQ(m_w.credentials(ada.id).password_changed_at(), changed_at)
        << "the password is as old as it was";
    EXPECT_EQ(sign_in("ada@mail.example", ada.password).answer, First::second_factor);
    EXPECT_EQ(m_w.credentials(ada.id).password()->phc, upgraded) << "once";
}

TEST_P(FirstFactor, ATamperedAccountIsRefused)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    m_w.transact([&](db::Tx& tx) {
        tx.execute("UPDATE credentials SET body = (SELECT body FROM credentials WHERE account = $1 AND kind "
                   "= 'password') "
                   "WHERE account = $2 AND kind = 'password'",
                   eve.id.value(), ada.id.value());
    });
    EXPECT_THROW(sign_in("ada@mail.example", eve.password), store::TamperedRow);
    EXPECT_EQ(m_log.alarms(), 1U);
}

TEST_P(FirstFactor, AFullPoolGivesTheTryBack)
{
    const Person ada = m_w.person();
    test::World busy(m_fresh.database(), 9, test::always_busy());
    for (int n = 0; n < 12; ++n) {
        const auto outcome = sign_in(busy, "ada@mail.example", ada.password);
        ASSERT_EQ(outcome.answer, First::busy) << n;
        EXPECT_GE(outcome.busy_seconds, 1);
    }
    EXPECT_EQ(sign_in("ada@mail.example", ada.password).answer, First::second_factor);
}

TEST_P(FirstFactor, ParallelGuessingGetsNoMoreTries)
{
    m_w.person();
    const auto second = m_fresh.open_again();
    test::World other(*second, 8);
    std::atomic<int> compared = 0;
    test::in_parallel(32, [&](int n) {
        const auto answer = sign_in(n % 2 == 0 ? m_w : other, "ada@mail.example",
                                    "guess " + std::to_string(n), stranger("192.0.2." + std::to_string(n)))
                                .answer;
        if (answer == First::refused) ++compared;
    });
    EXPECT_EQ(compared, 10);
    EXPECT_EQ(m_w.hashes.hashes_run() + other.hashes.hashes_run(), 10U);
}

TEST_P(FirstFactor, WithEachCallFailingOnceNobodyGetsInAndLaterTheyDo)
{
    for (const auto when :
         {db::test::FailingDatabase::When::before, db::test::FailingDatabase::When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const std::string email = "p" + std::to_string(call) +
                                      (when == db::test::FailingDatabase::When::before ? "b" : "a") +
                                      "@mail.example";
            const Person ada = m_w.person({.email = email, .apps = 0});
            m_failing.fail_call(call, when);
            bool failed = false;
            try {
                EXPECT_EQ(sign_in(email, ada.password).answer, First::signed_in);
            } catch (const Unavailable&) {
                failed = true;
            }
            const bool ran_out = m_failing.calls() < call;
            m_failing.fail_call(0);
            EXPECT_EQ(failed, !ran_out) << call;
            EXPECT_EQ(sign_in(email, ada.password).answer, First::signed_in);
            if (ran_out) {
                EXPECT_GE(call, 5U);
                break;
            }
        }
    }
}

}  // namespace
}  // namespace sallyport::sign_in
