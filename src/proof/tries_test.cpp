// Who is admitted, at whose expense, and what a success gives back.
#include "proof/tries.h"

#include "proof/effects.h"
#include "proof/open_session.h"
#include "store/known_browsers.h"
#include "store/sealed_rows.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::proof {
namespace {

using policy::sessions::BrowserToken;
using policy::throttle::Door;
using test::Person;
using test::start_of_test;
using test::stranger;

class Tries : public testing::TestWithParam<db::test::Engine> {
protected:
    Admission charge(const Attempt& attempt, const Asker& asker = stranger(), std::int64_t cost = 1)
    {
        return sync_wait(charge_try(m_w.world, asker, attempt, cost));
    }
    bool admitted(const Attempt& attempt, const Asker& asker = stranger(), std::int64_t cost = 1)
    {
        return std::holds_alternative<Charge>(charge(attempt, asker, cost));
    }
    std::int64_t failures_of(const Asker& asker)
    {
        const std::vector<store::BudgetKey> keys{
            {store::BudgetKind::network, m_w.keys.index.of("network", asker.network)}};
        return sync_wait(store::read_budgets(m_w.world.database, keys)).at(0).charged;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    const Attempt m_at_ada{"ada@mail.example", std::nullopt, std::nullopt};
};
INSTANTIATE_TEST_SUITE_P(Engines, Tries, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Tries, StrangersWaitAfterTheirFreeTriesAndAKnownBrowserDoesNot)
{
    const Asker known = test::with_browser(stranger("198.51.100.1"), store::TokenHash{7});
    const Attempt by_known{"ada@mail.example", store::TokenHash{7}, std::nullopt};
    // From many networks: the account's budget is one.
    for (int n = 0; n < 10; ++n)
        ASSERT_TRUE(admitted(m_at_ada, stranger("192.0.2." + std::to_string(n)))) << n;
    const auto refused = charge(m_at_ada);
    ASSERT_TRUE(std::holds_alternative<NoTry>(refused));
    EXPECT_EQ(std::get<NoTry>(refused).until, start_of_test + std::chrono::seconds{30});
    EXPECT_FALSE(std::get<NoTry>(refused).needs_pass);
    for (int n = 0; n < 10; ++n) {
        const auto own = charge(by_known, known);
        ASSERT_TRUE(std::holds_alternative<Charge>(own)) << n;
        EXPECT_EQ(std::get<Charge>(own).door, Door::known_browser);
    }
    EXPECT_FALSE(admitted(by_known, known)) << "then it is a stranger, who waits";
    m_w.clock.advance(std::chrono::seconds{30});
    const auto as_stranger = charge(by_known, known);
    ASSERT_TRUE(std::holds_alternative<Charge>(as_stranger));
    EXPECT_EQ(std::get<Charge>(as_stranger).door, Door::stranger);
    EXPECT_TRUE(admitted({"eve@mail.example", std::nullopt, std::nullopt}))
        << "another account is another budget";
}

TEST_P(Tries, PastAHundredOnlyAPassHelps)
{
    for (int n = 0; n < 100; ++n) {
        ASSERT_TRUE(admitted(m_at_ada, stranger("192.0.2." + std::to_string(n)))) << n;
        m_w.clock.advance(std::chrono::hours{1});
    }
    const auto refused = charge(m_at_ada);
    ASSERT_TRUE(std::holds_alternative<NoTry>(refused));
    EXPECT_TRUE(std::get<NoTry>(refused).needs_pass);
    const Attempt with_pass{"ada@mail.example", std::nullopt, store::TokenHash{3}};
    for (int n = 0; n < 5; ++n) ASSERT_TRUE(admitted(with_pass)) << n;
    EXPECT_FALSE(admitted(with_pass));
    EXPECT_TRUE(admitted({"ada@mail.example", std::nullopt, store::TokenHash{4}}))
        << "the next pass has tries of its own";
}

TEST_P(Tries, ANetworkHasAHundredFailuresAnHour)
{
    const Asker one = stranger("192.0.2.1");
    for (int n = 0; n < 100; ++n)
        ASSERT_TRUE(admitted({"p" + std::to_string(n) + "@mail.example", std::nullopt, std::nullopt}, one))
            << n;
    EXPECT_FALSE(admitted({"another@mail.example", std::nullopt, std::nullopt}, one));
    EXPECT_TRUE(admitted({"another@mail.example", std::nullopt, std::nullopt}, stranger("192.0.2.2")));
    EXPECT_TRUE(admitted({"another@mail.example", store::TokenHash{1}, std::nullopt},
                         test::with_browser(one, store::TokenHash{1})))
        << "a known browser";
    m_w.clock.advance(std::chrono::hours{1});
    EXPECT_TRUE(admitted({"another@mail.example", std::nullopt, std::nullopt}, one));
}

TEST_P(Tries, ParallelTriesGetNoMoreAndTheLosersAreNoFailures)
{
    const auto second = m_fresh.open_again();
    test::World other(*second, 8);
    const Asker known = test::with_browser(stranger(), store::TokenHash{7});
    const Attempt by_known{"ada@mail.example", store::TokenHash{7}, std::nullopt};
    std::atomic<int> of_known = 0;
    std::atomic<int> of_strangers = 0;
    test::in_parallel(48, [&](int n) {
        test::World& mine = n % 2 == 0 ? m_w : other;
        const auto admission = sync_wait(charge_try(mine.world, known, by_known, 1));
        if (!std::holds_alternative<Charge>(admission)) return;
        ++(std::get<Charge>(admission).door == Door::known_browser ? of_known : of_strangers);
    });
    EXPECT_EQ(of_known, 10);
    EXPECT_EQ(of_strangers, 10) << "what the browser's own tries did not hold is a stranger's, as one by one";
    EXPECT_EQ(failures_of(known), of_known + of_strangers);
}

TEST_P(Tries, ASuccessEmptiesTheAccountAndGivesTheNetworkItsOwnBack)
{
    for (int n = 0; n < 9; ++n) ASSERT_TRUE(admitted(m_at_ada));
    const auto last = charge(m_at_ada);
    ASSERT_TRUE(std::holds_alternative<Charge>(last));
    m_w.transact([&](db::Tx& tx) {
        succeed(tx, m_w.world, stranger(), m_at_ada, std::get<Charge>(last), start_of_test);
    });
    EXPECT_EQ(failures_of(stranger()), 9) << "the network's failures stay";
    for (int n = 0; n < 10; ++n) ASSERT_TRUE(admitted(m_at_ada)) << n;
}

TEST_P(Tries, WhatWasNoFailureIsGivenBack)
{
    for (int n = 0; n < 30; ++n) {
        const auto admission = charge(m_at_ada);
        ASSERT_TRUE(std::holds_alternative<Charge>(admission)) << n;
        sync_wait(give_back(m_w.world, std::get<Charge>(admission)));
    }
    EXPECT_EQ(failures_of(stranger()), 0);
}

TEST_P(Tries, KnownAndUnknownCostTheSameStatements)
{
    const Person ada = m_w.person();
    const auto count = [&](const Attempt& attempt) {
        const auto before = m_w.world.database.statement_count();
        charge(attempt);
        return m_w.world.database.statement_count() - before;
    };
    EXPECT_EQ(count({ada.email.key(), std::nullopt, std::nullopt}),
              count({"nobody@mail.example", std::nullopt, std::nullopt}));
}

TEST_P(Tries, AFailingDatabaseAdmitsNobody)
{
    db::test::FailingDatabase failing(m_fresh.database());
    test::World w(failing, 8);
    for (const auto when :
         {db::test::FailingDatabase::When::before, db::test::FailingDatabase::When::after}) {
        for (std::uint64_t call = 1; call <= 3; ++call) {
            failing.fail_call(call, when);
            EXPECT_THROW(sync_wait(charge_try(w.world, stranger(), m_at_ada, 1)), Unavailable) << call;
        }
    }
}

// ---- what follows a decision ----

class Effects : public Tries {
protected:
    void open(const Person& person, const Asker& asker, policy::Methods methods, policy::Level level,
              const SessionTokens& tokens)
    {
        m_opened = m_w.transact([&](db::Tx& tx) {
            const auto account = store::load_account(tx, m_w.keys.keys, person.id);
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, person.id);
            return open_session(tx, m_w.world, asker, account, credentials, methods, level, tokens, true,
                                m_w.clock.now());
        });
    }
    std::vector<store::Session> sessions(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, person.id); });
    }
    bool knows(const Person& person, const store::TokenHash& browser)
    {
        return m_w.transact([&](db::Tx& tx) {
            return knows_browser(tx, m_w.world, test::with_browser(stranger(), browser), person.id,
                                 m_w.clock.now())
                .has_value();
        });
    }
    OpenedSession m_opened;
    const policy::Methods m_both{policy::Method::password, policy::Method::totp};
};
INSTANTIATE_TEST_SUITE_P(Engines, Effects, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Effects, EachNoticeGoesWhereTheLawSays)
{
    const Person ada = m_w.person({.notice_email = "second@other.example"});
    using policy::notices::Kind;
    for (const Kind kind : {Kind::sign_in_pass, Kind::account_exists, Kind::welcome, Kind::new_sign_in,
                            Kind::sign_in_stopped, Kind::recovery_code_used, Kind::sessions_ended,
                            Kind::password_changed, Kind::app_added, Kind::kit_made, Kind::words_changed}) {
        m_w.transact([&](db::Tx& tx) {
            const auto account = store::load_account(tx, m_w.keys.keys, ada.id);
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
            tell(tx, m_w.world, kind, account, credentials, facts_of(stranger(), start_of_test),
                 start_of_test);
        });
        const auto wanted = policy::notices::recipients_of(kind, {true, true});
        std::multiset<std::string> to;
        for (const auto& mail : test::new_mails(m_w)) {
            EXPECT_EQ(mail.mail, mail_of(kind));
            EXPECT_EQ(mail.account, ada.id);
            EXPECT_EQ(test::parameter(mail, "words"), wanted.words ? "amber river 48" : "");
            EXPECT_EQ(test::parameter(mail, "words_before"), "");
            EXPECT_EQ(test::parameter(mail, "address"), "192.0.2.7");
            EXPECT_EQ(test::parameter(mail, "at"), std::to_string(to_unix_ms(start_of_test)));
            to.insert(mail.to);
        }
        std::multiset<std::string> expected;
        if (wanted.primary) expected.insert("ada@mail.example");
        if (wanted.notice) expected.insert("second@other.example");
        EXPECT_EQ(to, expected) << mail_of(kind);
    }
}

TEST_P(Effects, TheWordsBeforeAreToldForADay)
{
    const Person ada = m_w.person();
    m_w.transact([&](db::Tx& tx) {
        store::set_words(tx, m_w.keys.keys, ada.id, {"quiet otter 77", "amber river 48", start_of_test});
    });
    const auto words_before = [&] {
        m_w.transact([&](db::Tx& tx) {
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
            tell(tx, m_w.world, policy::notices::Kind::welcome,
                 store::load_account(tx, m_w.keys.keys, ada.id), credentials, {}, m_w.clock.now());
        });
        const auto mails = test::new_mails(m_w);
        EXPECT_EQ(test::parameter(mails.at(0), "words"), "quiet otter 77");
        return test::parameter(mails.at(0), "words_before");
    };
    EXPECT_EQ(words_before(), "amber river 48");
    m_w.clock.advance(std::chrono::hours{24} - Duration{1});
    EXPECT_EQ(words_before(), "amber river 48");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(words_before(), "");
}

TEST_P(Effects, AnAddressThatNobodyProvedGetsNoWords)
{
    m_w.transact([&](db::Tx& tx) {
        tell_address(tx, m_w.world, policy::notices::Kind::confirm_address, *Email::parse("new@mail.example"),
                     "ar", {{"code", "12345678"}}, start_of_test);
    });
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].mail, "E1");
    EXPECT_EQ(mails[0].to, "new@mail.example");
    EXPECT_EQ(mails[0].language, "ar");
    EXPECT_FALSE(mails[0].account.has_value());
    EXPECT_EQ(mails[0].parameters.size(), 1U);
}

TEST_P(Effects, AFullSignInMakesTheBrowserKnownAndTellsOnce)
{
    const Person ada = m_w.person();
    const auto first = make_session_tokens(m_w.random);
    open(ada, stranger(), m_both, policy::Level::aal2, first);
    EXPECT_EQ(m_opened.browser, BrowserToken::fresh);
    ASSERT_EQ(sessions(ada).size(), 1U);
    EXPECT_EQ(sessions(ada)[0].token_hash, first.session.hash);
    EXPECT_EQ(sessions(ada)[0].level, 2);
    EXPECT_EQ(methods_of(sessions(ada)[0].methods), m_both);
    EXPECT_TRUE(knows(ada, first.browser.hash));
    auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].mail, "E11");

    const Asker again = test::with_browser(stranger(), first.browser.hash);
    open(ada, again, m_both, policy::Level::aal2, make_session_tokens(m_w.random));
    EXPECT_EQ(m_opened.browser, BrowserToken::keeps);
    EXPECT_TRUE(test::new_mails(m_w).empty()) << "the browser is known";
    const Person eve = m_w.person({.email = "eve@mail.example"});
    EXPECT_FALSE(knows(eve, first.browser.hash)) << "known to one account only";
    m_w.clock.advance(m_w.world.sessions.known_browser_life);
    EXPECT_FALSE(knows(ada, first.browser.hash));
}

// Session fixation, with the cookie of a known browser: Mallory signs in to an account of her own, and plants
// the cookie that she got in Ada's browser.
TEST_P(Effects, APlantedCookieNeverBecomesKnown)
{
    const Person ada = m_w.person();
    const Person mallory = m_w.person({.email = "mallory@mail.example"});
    const auto planted = make_session_tokens(m_w.random);
    open(mallory, stranger(), m_both, policy::Level::aal2, planted);
    const store::TokenHash invented{9};
    Asker in_adas_browser = stranger();
    in_adas_browser.browser_tokens = {planted.browser.hash, invented};
    const auto adas = make_session_tokens(m_w.random);
    test::new_mails(m_w);
    open(ada, in_adas_browser, m_both, policy::Level::aal2, adas);
    EXPECT_EQ(m_opened.browser, BrowserToken::fresh);
    EXPECT_EQ(test::new_mails(m_w).size(), 1U) << "and the sign-in is told";
    EXPECT_FALSE(knows(ada, planted.browser.hash));
    EXPECT_FALSE(knows(ada, invented));
    EXPECT_TRUE(knows(ada, adas.browser.hash));
    EXPECT_FALSE(knows(mallory, adas.browser.hash));

    // Both tokens live on in one browser: who has two accounts is known to both.
    in_adas_browser.browser_tokens = {adas.browser.hash, planted.browser.hash};
    for (const Person* person : {&ada, &mallory}) {
        open(*person, in_adas_browser, m_both, policy::Level::aal2, make_session_tokens(m_w.random));
        EXPECT_EQ(m_opened.browser, BrowserToken::keeps);
    }
    EXPECT_TRUE(test::new_mails(m_w).empty());
}

TEST_P(Effects, ARecoveryCodeMakesNoBrowserKnown)
{
    const Person ada = m_w.person({.codes = 1});
    const auto tokens = make_session_tokens(m_w.random);
    open(ada, stranger(), {policy::Method::password, policy::Method::recovery_code}, policy::Level::aal1,
         tokens);
    EXPECT_EQ(m_opened.browser, BrowserToken::none);
    EXPECT_FALSE(knows(ada, tokens.browser.hash));
    EXPECT_EQ(test::new_mails(m_w).size(), 1U);
}

TEST_P(Effects, TheOldestSessionGoesWhereThereAreTooMany)
{
    const Person ada = m_w.person();
    m_w.world.sessions.sessions_max = 3;
    std::vector<SessionTokens> tokens;
    for (int n = 0; n < 4; ++n) {
        tokens.push_back(make_session_tokens(m_w.random));
        open(ada, stranger(), m_both, policy::Level::aal2, tokens.back());
        m_w.clock.advance(std::chrono::seconds{1});
    }
    const auto left = sessions(ada);
    ASSERT_EQ(left.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(left[i].token_hash, tokens[3 - i].session.hash);
    EXPECT_EQ(sync_wait(store::ended_since(m_w.world.database, start_of_test)),
              std::vector{tokens[0].session.hash})
        << "every process learns it";
}

TEST_P(Effects, AnEventEndsWhatTheLawSays)
{
    using policy::sessions::Event;
    const Person ada = m_w.person();
    for (const Event event :
         {Event::signed_out, Event::others_ended, Event::password_changed, Event::factor_changed,
          Event::password_reset, Event::account_locked, Event::account_closed}) {
        m_w.transact([&](db::Tx& tx) {
            store::end_sessions(tx, ada.id, std::nullopt, start_of_test);
            store::forget_browsers(tx, ada.id);
            store::end_sign_ins(tx, ada.id);
        });
        const auto own = make_session_tokens(m_w.random);
        const auto other = make_session_tokens(m_w.random);
        open(ada, stranger(), m_both, policy::Level::aal2, own);
        open(ada, stranger(), m_both, policy::Level::aal2, other);
        const auto half = fresh_token(m_w.random).hash;
        const auto step_up = m_w.random.id<StepUpId>(start_of_test);
        const Instant later = start_of_test + std::chrono::minutes{5};
        const auto wanted = policy::sessions::ended_by(event);
        const auto others = m_w.transact([&](db::Tx& tx) {
            store::put_sign_in(tx, m_w.keys.keys, half, ada.id, Secret::from_text("x"), later);
            store::put_step_up(tx, m_w.keys.keys, step_up, ada.id, Secret::from_text("x"), later);
            return end_by(tx, event, ada.id, own.session.hash, start_of_test);
        });
        EXPECT_EQ(others, wanted.other_sessions ? 1 : 0) << static_cast<int>(event);
        std::size_t left = 2;
        if (wanted.own_session) --left;
        if (wanted.other_sessions) --left;
        EXPECT_EQ(sessions(ada).size(), left) << static_cast<int>(event);
        EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::take_sign_in(tx, half); }),
                  !wanted.half_finished_sign_ins);
        EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::take_step_up(tx, step_up); }),
                  !wanted.open_step_ups);
        EXPECT_EQ(knows(ada, own.browser.hash), !wanted.known_browsers) << static_cast<int>(event);
    }
}

}  // namespace
}  // namespace sallyport::proof
