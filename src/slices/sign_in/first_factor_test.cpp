// E-mail and password: what a stranger can tell apart (nothing), what a try costs, and what follows a right
// one.
#include "slices/sign_in/first_factor.h"

#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/opened_pass.h"
#include "store/known_browsers.h"
#include "support/engines.h"
#include "support/failing_database.h"
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
            EXPECT_FALSE(outcome.set_browser_cookie);
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

TEST_P(FirstFactor, LockedAndClosedShareTheAnswer)
{
    for (const std::string state : {"locked", "closed"}) {
        const Person person = m_w.person({.email = state + "@mail.example"});
        // Nothing in this product locks yet: the row is written with the server's own keys.
        m_w.transact([&](db::Tx& tx) {
            const auto head = tx.query("SELECT email_key, created_at, version FROM accounts WHERE id = $1",
                                       person.id.value());
            const auto rows =
                tx.query("SELECT id, mac FROM credentials WHERE account = $1 ORDER BY id", person.id.value());
            std::vector<crypto::Field> fields{person.id.value(), head.text(0, 0), state, head.integer(0, 1),
                                              head.integer(0, 2)};
            for (std::size_t i = 0; i < rows.size(); ++i) {
                fields.emplace_back(rows.bytes(i, 0));
                fields.emplace_back(rows.bytes(i, 1));
            }
            tx.execute("UPDATE accounts SET state = $1, digest = $2 WHERE id = $3", state,
                       m_w.keys.rows.mac({"accounts", 1, fields}), person.id.value());
        });
        const Cost right =
            cost([&] { EXPECT_EQ(sign_in(person.email.address(), person.password).answer, First::refused); });
        const Cost wrong =
            cost([&] { EXPECT_EQ(sign_in(person.email.address(), "wrong").answer, First::refused); });
        EXPECT_EQ(right, wrong);
    }
}

TEST_P(FirstFactor, ARightPasswordAsksForTheSecondFactor)
{
    const Person ada = m_w.person({.codes = 2});
    auto outcome = sign_in("ADA@mail.example ", ada.password);
    ASSERT_EQ(outcome.answer, First::second_factor);
    ASSERT_TRUE(outcome.half_finished.has_value());
    EXPECT_FALSE(outcome.session.has_value());
    EXPECT_FALSE(outcome.only_recovery_codes);
    const auto row = m_w.transact(
        [&](db::Tx& tx) { return find(tx, m_w.world, outcome.half_finished->hash, m_w.clock.now()); });
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->account, ada.id);
    EXPECT_EQ(row->then, "/account");
    EXPECT_TRUE(
        m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, ada.id); }).empty());
    const Person paper = m_w.person({.email = "paper@mail.example", .apps = 0, .codes = 1});
    EXPECT_TRUE(sign_in("paper@mail.example", paper.password).only_recovery_codes);
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
    EXPECT_TRUE(outcome.set_browser_cookie);
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

// ---- the mailed pass ----

class MailedPass : public FirstFactor {
protected:
    PassOutcome ask(std::string_view email, std::optional<store::TokenHash> pass = std::nullopt,
                    proof::Asker asker = stranger())
    {
        return sync_wait(ask_for_pass(m_w.world, std::move(asker), *Email::parse(email), pass));
    }
    std::string mailed_code()
    {
        for (const auto& mail : test::new_mails(m_w))
            if (mail.mail == "E2") return test::parameter(mail, "code");
        return {};
    }
    void use_up_strangers_tries()
    {
        m_w.transact([&](db::Tx& tx) {
            tx.execute("INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES "
                       "('stranger', $1, 100, 0, 0)",
                       m_w.keys.index.of("tries", "ada@mail.example"));
        });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, MailedPass, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(MailedPass, LetsItsBrowserInWhereStrangersAreNot)
{
    const Person ada = m_w.person({.notice_email = "second@other.example"});
    use_up_strangers_tries();
    const auto refused = sign_in("ada@mail.example", ada.password);
    EXPECT_EQ(refused.answer, First::wait);
    EXPECT_TRUE(refused.needs_pass);
    const auto asked = ask("ada@mail.example");
    ASSERT_TRUE(asked.token.has_value());
    const auto pass = asked.token->hash;
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U) << "to the first address only";
    EXPECT_EQ(mails[0].to, "ada@mail.example");
    const std::string code = test::parameter(mails[0], "code");
    EXPECT_EQ(code.size(), 8U);
    EXPECT_TRUE(sign_in(m_w, "ada@mail.example", ada.password, stranger(), pass).needs_pass)
        << "asked for is not opened";
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, "00000000" == code ? "00000001" : "00000000")),
              PassCode::wrong);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, store::TokenHash{1}, code)), PassCode::expired)
        << "another browser";
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, code.substr(0, 4) + " " + code.substr(4))),
              PassCode::opened);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, code)), PassCode::expired) << "one use";
    EXPECT_EQ(sign_in(m_w, "ada@mail.example", "wrong", stranger(), pass).answer, First::refused);
    EXPECT_EQ(sign_in(m_w, "ada@mail.example", ada.password, stranger(), pass).answer, First::second_factor);
    m_w.person({.email = "eve@mail.example"});
    EXPECT_FALSE(m_w.transact(
        [&](db::Tx& tx) { return opened_pass(tx, m_w.world, pass, "eve@mail.example", m_w.clock.now()); }));
    m_w.clock.advance(m_w.world.throttle.pass_life);
    EXPECT_TRUE(sign_in(m_w, "ada@mail.example", ada.password, stranger(), pass).needs_pass) << "over";
}

TEST_P(MailedPass, AskingIsTheSameForAnAddressThatNobodyHas)
{
    m_w.person({.notice_email = "second@other.example"});
    PassOutcome known;
    PassOutcome unknown;
    const Cost of_known = cost([&] { known = ask("ada@mail.example"); });
    const Cost of_unknown = cost([&] { unknown = ask("nobody@mail.example"); });
    EXPECT_EQ(of_known, of_unknown);
    EXPECT_EQ(known.answer, unknown.answer);
    EXPECT_TRUE(known.token.has_value() && unknown.token.has_value());
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].to, "ada@mail.example");
    EXPECT_EQ(ask("ada@mail.example").until, ask("nobody@mail.example").until)
        << "both wait for the next mail";
    // The code page: any code is wrong, five times.
    for (int n = 0; n < 5; ++n)
        EXPECT_EQ(sync_wait(open_pass(m_w.world, unknown.token->hash, "12345678")), PassCode::wrong);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, unknown.token->hash, "12345678")), PassCode::spent);
}

TEST_P(MailedPass, SendingAgainNeverResetsTheCountAndASpentPassIsNoDeadEnd)
{
    const Person ada = m_w.person();
    use_up_strangers_tries();
    const auto asked = ask("ada@mail.example");
    const auto pass = asked.token->hash;
    mailed_code();
    for (int n = 0; n < 4; ++n) ASSERT_EQ(sync_wait(open_pass(m_w.world, pass, "x")), PassCode::wrong);
    m_w.clock.advance(std::chrono::minutes{1});
    EXPECT_FALSE(ask("ada@mail.example", pass).token.has_value())
        << "the same browser keeps its cookie, and its count";
    std::string code = mailed_code();
    ASSERT_EQ(sync_wait(open_pass(m_w.world, pass, code)), PassCode::opened);
    for (int n = 0; n < 5; ++n)
        ASSERT_EQ(sign_in(m_w, "ada@mail.example", "wrong", stranger(), pass).answer, First::refused) << n;
    EXPECT_TRUE(sign_in(m_w, "ada@mail.example", ada.password, stranger(), pass).needs_pass);
    m_w.clock.advance(std::chrono::minutes{1});
    const auto next = ask("ada@mail.example", pass);
    ASSERT_TRUE(next.token.has_value()) << "a new pass has tries of its own";
    code = mailed_code();
    ASSERT_EQ(sync_wait(open_pass(m_w.world, next.token->hash, code)), PassCode::opened);
    EXPECT_EQ(sign_in(m_w, "ada@mail.example", ada.password, stranger(), next.token->hash).answer,
              First::second_factor);
}

TEST_P(MailedPass, OneNetworkGetsSoManyMails)
{
    m_w.person();
    for (int n = 0; n < 5; ++n) {
        ASSERT_EQ(ask("ada@mail.example").answer, PassAsked::sent) << n;
        EXPECT_EQ(ask("ada@mail.example").answer, PassAsked::wait);
        m_w.clock.advance(std::chrono::minutes{1});
    }
    const auto full = ask("ada@mail.example");
    EXPECT_EQ(full.answer, PassAsked::wait);
    EXPECT_EQ(full.until, start_of_test + m_w.world.throttle.mails_window)
        << "when another is possible, not the gap";
    EXPECT_EQ(ask("ada@mail.example", std::nullopt, stranger("198.51.100.9")).answer, PassAsked::sent)
        << "the owner elsewhere";
}

}  // namespace
}  // namespace sallyport::sign_in
