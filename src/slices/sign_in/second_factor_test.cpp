// The second factor: right, wrong, replayed, in parallel, and what it tells the owner.
#include "slices/sign_in/second_factor.h"

#include "slices/sign_in/first_factor.h"
#include "slices/sign_in/half_finished.h"
#include "store/budgets.h"
#include "store/events.h"
#include "store/known_browsers.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using policy::Method;
using test::Person;
using test::start_of_test;
using test::stranger;
constexpr Duration step = std::chrono::seconds{30};

class SecondFactor : public testing::TestWithParam<db::test::Engine> {
protected:
    /// The password was right: the secret of the half-finished row.
    store::TokenHash begin(const Person& person, proof::Asker asker = stranger())
    {
        PasswordCommand command{person.email, Secret::from_text(person.password), "/account/sessions",
                                std::nullopt};
        const auto outcome = sync_wait(check_password(m_w.world, std::move(asker), std::move(command)));
        EXPECT_EQ(outcome.answer, First::second_factor);
        return outcome.half_finished ? outcome.half_finished->hash : store::TokenHash{};
    }
    SecondOutcome finish(test::World& w, const store::TokenHash& half, std::string typed,
                         Method method = Method::totp, proof::Asker asker = stranger())
    {
        return sync_wait(
            check_second_factor(w.world, std::move(asker), half, std::move(typed), method, std::nullopt));
    }
    SecondOutcome finish(const store::TokenHash& half, std::string typed, Method method = Method::totp,
                         proof::Asker asker = stranger())
    {
        return finish(m_w, half, std::move(typed), method, std::move(asker));
    }
    std::vector<store::Session> sessions(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, person.id); });
    }
    std::vector<std::string> mails()
    {
        std::vector<std::string> names;
        for (const auto& mail : test::new_mails(m_w)) names.push_back(mail.mail);
        std::ranges::sort(names);
        return names;
    }
    std::int64_t charged_to_strangers()
    {
        const std::vector<store::BudgetKey> keys{
            {store::BudgetKind::stranger, m_w.keys.index.of("tries", "ada@mail.example")}};
        return sync_wait(store::read_budgets(m_w.world.database, keys)).at(0).charged;
    }
    Instant now() { return m_w.clock.now(); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, SecondFactor, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(SecondFactor, ARightCodeOpensASession)
{
    const Person ada = m_w.person({.codes = 2});
    const auto half = begin(ada);
    const auto shown = sync_wait(find_open(m_w.world, half, {}));
    ASSERT_TRUE(shown.has_value());
    EXPECT_EQ(shown->address.address(), "ada@mail.example");
    ASSERT_EQ(shown->choices.size(), 2U);
    EXPECT_EQ(shown->choices[0].method, Method::totp);
    EXPECT_EQ(shown->choices[1].left, 2);
    const auto outcome = finish(half, ada.code(now()));
    ASSERT_EQ(outcome.answer, Second::signed_in);
    EXPECT_EQ(outcome.then, "/account/sessions");
    EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::fresh);
    ASSERT_EQ(sessions(ada).size(), 1U);
    EXPECT_EQ(sessions(ada)[0].token_hash, outcome.session->session.hash);
    EXPECT_EQ(sessions(ada)[0].level, 2);
    EXPECT_EQ(mails(), std::vector<std::string>{"E11"});
    EXPECT_EQ(charged_to_strangers(), 0);
    EXPECT_EQ(finish(half, ada.code(now(), 1)).answer, Second::over) << "the row died";
    EXPECT_FALSE(sync_wait(find_open(m_w.world, half, {})).has_value());
    EXPECT_EQ(finish(store::TokenHash{1}, ada.code(now())).answer, Second::over);

    const auto browser = test::with_browser(stranger(), outcome.session->browser.hash);
    const auto again = begin(ada, browser);
    EXPECT_EQ(finish(again, ada.code(start_of_test), Method::totp, browser).answer, Second::replayed);
    m_w.clock.advance(step);
    EXPECT_EQ(finish(again, ada.code(now()), Method::totp, browser).answer, Second::signed_in);
    EXPECT_TRUE(mails().empty()) << "a known browser is nothing new";
}

TEST_P(SecondFactor, TheHalfFinishedRowLivesAQuarterOfAnHour)
{
    const Person ada = m_w.person();
    const auto half = begin(ada);
    m_w.clock.advance(std::chrono::minutes{15} - Duration{1});
    EXPECT_TRUE(sync_wait(find_open(m_w.world, half, {})).has_value());
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(finish(half, ada.code(now())).answer, Second::over);
    // Kept alive behind the server's back: its own beginning counts.
    const auto other = begin(ada);
    m_w.transact([](db::Tx& tx) { tx.execute("UPDATE sign_ins SET expires_at = expires_at + 86400000"); });
    m_w.clock.advance(std::chrono::minutes{15});
    EXPECT_EQ(finish(other, ada.code(now())).answer, Second::over);
    EXPECT_TRUE(sessions(ada).empty());
}

TEST_P(SecondFactor, ParallelRightCodesOpenOneSession)
{
    const Person ada = m_w.person();
    const auto second = m_fresh.open_again();
    test::World other(*second, 8);
    const auto half = begin(ada);
    const auto another_half = begin(ada);
    const std::string code = ada.code(now());
    std::atomic<int> signed_in = 0;
    test::in_parallel(8, [&](int n) {
        if (finish(n % 2 == 0 ? m_w : other, n < 4 ? half : another_half, code).answer == Second::signed_in)
            ++signed_in;
    });
    EXPECT_EQ(signed_in, 1);
    EXPECT_EQ(sessions(ada).size(), 1U);
}

TEST_P(SecondFactor, ARecoveryCodeWorksOnceAndIsTold)
{
    const Person ada = m_w.person({.codes = 2, .notice_email = "second@other.example"});
    const auto half = begin(ada);
    const auto another_half = begin(ada);
    const std::string code(ada.codes[0].reveal_text());
    std::atomic<int> signed_in = 0;
    std::atomic<int> left = -1;
    test::in_parallel(4, [&](int n) {
        const auto outcome = finish(n % 2 == 0 ? half : another_half, code, Method::recovery_code);
        if (outcome.answer != Second::signed_in) return;
        ++signed_in;
        left = static_cast<int>(outcome.codes_left);
    });
    EXPECT_EQ(signed_in, 1);
    EXPECT_EQ(left, 1);
    ASSERT_EQ(sessions(ada).size(), 1U);
    EXPECT_EQ(sessions(ada)[0].level, 1) << "it raises no session above aal1";
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 1U);
    const auto told = mails();
    EXPECT_EQ(std::ranges::count(told, "E15"), 2) << "to both addresses";
    EXPECT_EQ(std::ranges::count(told, "E11"), 2);
    EXPECT_EQ(finish(begin(ada), code, Method::recovery_code).answer, Second::wrong);
    EXPECT_EQ(finish(begin(ada), "rubbish", Method::recovery_code).answer, Second::wrong);
}

TEST_P(SecondFactor, ThreeWrongCodesAreTold)
{
    const Person ada = m_w.person();
    auto half = begin(ada);
    EXPECT_FALSE(finish(half, ada.wrong_code(now())).say_clock);
    EXPECT_TRUE(mails().empty());
    const auto second = finish(half, ada.wrong_code(now()));
    EXPECT_TRUE(second.say_clock);
    EXPECT_FALSE(second.drift.has_value());
    EXPECT_TRUE(mails().empty());
    m_w.clock.advance(std::chrono::minutes{10});
    EXPECT_EQ(finish(half, ada.wrong_code(now())).answer, Second::wrong);
    EXPECT_EQ(mails(), std::vector<std::string>{"E12"});
    m_w.clock.advance(std::chrono::hours{1});
    half = begin(ada);
    EXPECT_EQ(finish(half, ada.code(now())).answer, Second::signed_in);
    mails();
    m_w.clock.advance(std::chrono::hours{1});
    half = begin(ada);
    finish(half, ada.wrong_code(now()));
    EXPECT_TRUE(mails().empty()) << "a success begins the count anew";
}

TEST_P(SecondFactor, ParallelWrongCodesAreToldToo)
{
    const Person ada = m_w.person();
    const auto browser = test::with_browser(stranger(), store::TokenHash{7});
    m_w.transact([&](db::Tx& tx) {
        store::know_browser(tx, m_w.keys.keys, {store::TokenHash{7}, now(), now()}, ada.id, 20);
    });
    const auto half = begin(ada, browser);
    const std::string wrong = ada.wrong_code(now());
    std::atomic<int> compared = 0;
    test::in_parallel(3, [&](int) {
        if (finish(half, wrong, Method::totp, browser).answer == Second::wrong) ++compared;
    });
    ASSERT_EQ(compared, 3);
    EXPECT_EQ(mails(), std::vector<std::string>{"E12"});
}

TEST_P(SecondFactor, TheClockIsLookedForOnceAndCostsTenGuessesAndNoWait)
{
    const Person ada = m_w.person();
    auto half = begin(ada);
    EXPECT_FALSE(finish(half, ada.code(now(), 6)).drift.has_value());
    EXPECT_EQ(charged_to_strangers(), 1);
    const auto named = finish(half, ada.code(now(), 6));
    EXPECT_EQ(named.answer, Second::wrong) << "it accepts nothing";
    EXPECT_EQ(named.drift, 6 * step);
    EXPECT_EQ(charged_to_strangers(), 12);
    EXPECT_FALSE(finish(half, ada.code(now(), 6)).drift.has_value()) << "once";
    EXPECT_EQ(charged_to_strangers(), 13);
    half = begin(ada);
    EXPECT_FALSE(finish(half, ada.code(now(), 6)).drift.has_value()) << "another sign-in gets no other one";
    EXPECT_TRUE(sessions(ada).empty());
    EXPECT_EQ(finish(half, ada.code(now())).answer, Second::signed_in) << "after four slips, at once";
    EXPECT_EQ(charged_to_strangers(), 0);
    m_w.clock.advance(step);
    half = begin(ada);
    finish(half, ada.code(now(), 6));
    EXPECT_EQ(finish(half, ada.code(now(), 6)).drift, 6 * step) << "a success begins anew";
}

TEST_P(SecondFactor, AKnownBrowserIsToldOfItsClockTooWhileStrangersWait)
{
    const Person ada = m_w.person();
    m_w.transact([&](db::Tx& tx) {
        store::know_browser(tx, m_w.keys.keys, {store::TokenHash{7}, now(), now()}, ada.id, 20);
    });
    for (int n = 0; n < 10; ++n) {
        PasswordCommand command{ada.email, Secret::from_text("wrong"), "/account", std::nullopt};
        sync_wait(check_password(m_w.world, stranger(), std::move(command)));
    }
    const auto browser = test::with_browser(stranger(), store::TokenHash{7});
    const auto half = begin(ada, browser);
    EXPECT_FALSE(finish(half, ada.code(now(), -4), Method::totp, browser).drift.has_value());
    EXPECT_EQ(finish(half, ada.code(now(), -4), Method::totp, browser).drift, -4 * step);
    EXPECT_EQ(charged_to_strangers(), 20);
}

TEST_P(SecondFactor, GuessesAtBothFactorsDrawOnOneBudget)
{
    const Person ada = m_w.person({.codes = 1});
    const auto half = begin(ada);
    for (int n = 0; n < 4; ++n) {
        PasswordCommand command{ada.email, Secret::from_text("wrong"), "/account", std::nullopt};
        ASSERT_EQ(sync_wait(check_password(m_w.world, stranger(), std::move(command))).answer,
                  First::refused);
    }
    for (int n = 0; n < 6; ++n)
        ASSERT_EQ(finish(half, "1-0000-0000-0000-0000", Method::recovery_code).answer, Second::wrong) << n;
    const auto waits = finish(half, ada.code(now()));
    EXPECT_EQ(waits.answer, Second::wait);
    EXPECT_EQ(waits.until, now() + step);
    m_w.clock.advance(step);
    EXPECT_EQ(finish(half, ada.code(now())).answer, Second::signed_in);
}

TEST_P(SecondFactor, AFullPoolGivesTheTryBack)
{
    const Person ada = m_w.person({.codes = 1});
    const auto half = begin(ada);
    test::World busy(m_fresh.database(), 9, test::always_busy());
    for (int n = 0; n < 12; ++n)
        ASSERT_EQ(finish(busy, half, std::string(ada.codes[0].reveal_text()), Method::recovery_code).answer,
                  Second::busy)
            << n;
    EXPECT_EQ(finish(half, std::string(ada.codes[0].reveal_text()), Method::recovery_code).answer,
              Second::signed_in);
}

TEST_P(SecondFactor, ATamperedAccountIsRefused)
{
    const Person ada = m_w.person();
    const auto half = begin(ada);
    m_w.transact([&](db::Tx& tx) { tx.execute("DELETE FROM totp_use"); });
    EXPECT_THROW(finish(half, ada.code(now())), store::TamperedRow);
    m_w.transact([&](db::Tx& tx) { tx.execute("DELETE FROM credentials WHERE kind = 'totp'"); });
    EXPECT_THROW(finish(half, ada.code(now())), store::TamperedRow);
    EXPECT_TRUE(sessions(ada).empty());
}

TEST_P(SecondFactor, WithEachCallFailingOnceNothingIsHalfDone)
{
    for (const auto when :
         {db::test::FailingDatabase::When::before, db::test::FailingDatabase::When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const std::string email = "p" + std::to_string(call) +
                                      (when == db::test::FailingDatabase::When::before ? "b" : "a") +
                                      "@mail.example";
            const Person ada = m_w.person({.email = email, .codes = 1});
            const auto half = begin(ada);
            m_failing.fail_call(call, when);
            bool failed = false;
            try {
                EXPECT_EQ(finish(half, std::string(ada.codes[0].reveal_text()), Method::recovery_code).answer,
                          Second::signed_in);
            } catch (const Unavailable&) {
                failed = true;
            }
            const bool ran_out = m_failing.calls() < call;
            m_failing.fail_call(0);
            EXPECT_EQ(failed, !ran_out) << call;
            const bool row_left = sync_wait(find_open(m_w.world, half, {})).has_value();
            EXPECT_EQ(sessions(ada).size(), row_left ? 0U : 1U) << call;
            EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), row_left ? 1U : 0U)
                << "the code is spent with the session, or not at all";
            if (row_left) {
                EXPECT_EQ(finish(half, std::string(ada.codes[0].reveal_text()), Method::recovery_code).answer,
                          Second::signed_in);
            }
            if (ran_out) {
                EXPECT_GE(call, 5U);
                break;
            }
        }
    }
}

TEST_P(SecondFactor, WithEachCallFailingOnceACodeOpensOneSessionOrNone)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const Person ada = m_w.person(
                {.email = "t" + std::to_string(call) + (when == When::before ? "b" : "a") + "@mail.example"});
            const auto half = begin(ada);
            m_failing.fail_call(call, when);
            bool failed = false;
            try {
                EXPECT_EQ(finish(half, ada.code(now())).answer, Second::signed_in);
            } catch (const Unavailable&) {
                failed = true;
            }
            const bool ran_out = m_failing.calls() < call;
            m_failing.fail_call(0);
            EXPECT_EQ(failed, !ran_out) << call;
            const bool row_left = sync_wait(find_open(m_w.world, half, {})).has_value();
            EXPECT_EQ(sessions(ada).size(), row_left ? 0U : 1U) << call;
            if (row_left) {
                EXPECT_EQ(finish(half, ada.code(now())).answer, Second::signed_in)
                    << "the step is spent with the session, or not at all";
            } else {
                EXPECT_EQ(finish(begin(ada), ada.code(now())).answer, Second::replayed);
            }
            if (ran_out) break;
        }
    }
}

}  // namespace
}  // namespace sallyport::sign_in
