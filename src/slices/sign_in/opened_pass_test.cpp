// The mailed pass: past the strangers' tries for who reads the mailbox, and the same for an address that
// nobody has.
#include "slices/sign_in/opened_pass.h"

#include "slices/sign_in/first_factor.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using test::Person;
using test::start_of_test;
using test::stranger;

class MailedPass : public testing::TestWithParam<db::test::Engine> {
protected:
    FirstOutcome sign_in(std::string_view email, std::string_view password,
                         std::optional<store::TokenHash> pass = std::nullopt)
    {
        PasswordCommand command{Email::parse(email), Secret::from_text(password), "/account", pass};
        return sync_wait(check_password(m_w.world, stranger(), std::move(command)));
    }
    std::uint64_t statements(const std::function<void()>& work)
    {
        const std::uint64_t before = m_fresh.database().statement_count();
        work();
        return m_fresh.database().statement_count() - before;
    }
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

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
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
    EXPECT_TRUE(sign_in("ada@mail.example", ada.password, pass).needs_pass) << "asked for is not opened";
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, "00000000" == code ? "00000001" : "00000000")),
              PassCode::wrong);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, store::TokenHash{1}, code)), PassCode::expired)
        << "another browser";
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, code.substr(0, 4) + " " + code.substr(4))),
              PassCode::opened);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, code)), PassCode::expired) << "one use";
    EXPECT_EQ(sign_in("ada@mail.example", "wrong", pass).answer, First::refused);
    EXPECT_EQ(sign_in("ada@mail.example", ada.password, pass).answer, First::second_factor);
    m_w.person({.email = "eve@mail.example"});
    EXPECT_FALSE(m_w.transact(
        [&](db::Tx& tx) { return opened_pass(tx, m_w.world, pass, "eve@mail.example", m_w.clock.now()); }));
    m_w.clock.advance(m_w.world.throttle.pass_life);
    EXPECT_TRUE(sign_in("ada@mail.example", ada.password, pass).needs_pass) << "over";
}

TEST_P(MailedPass, AskingIsTheSameForAnAddressThatNobodyHas)
{
    m_w.person({.notice_email = "second@other.example"});
    PassOutcome known;
    PassOutcome unknown;
    const auto of_known = statements([&] { known = ask("ada@mail.example"); });
    const auto of_unknown = statements([&] { unknown = ask("nobody@mail.example"); });
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
        ASSERT_EQ(sign_in("ada@mail.example", "wrong", pass).answer, First::refused) << n;
    EXPECT_TRUE(sign_in("ada@mail.example", ada.password, pass).needs_pass);
    m_w.clock.advance(std::chrono::minutes{1});
    const auto next = ask("ada@mail.example", pass);
    ASSERT_TRUE(next.token.has_value()) << "a new pass has tries of its own";
    code = mailed_code();
    ASSERT_EQ(sync_wait(open_pass(m_w.world, next.token->hash, code)), PassCode::opened);
    EXPECT_EQ(sign_in("ada@mail.example", ada.password, next.token->hash).answer, First::second_factor);
}

TEST_P(MailedPass, ACodeWhoseTriesAreSpentDiesOfAgeBeforeTheNextMail)
{
    const Person ada = m_w.person();
    use_up_strangers_tries();
    for (const char* email : {"ada@mail.example", "nobody@mail.example"}) {
        const Instant asked_at = m_w.clock.now();
        const auto pass = ask(email).token->hash;
        for (int n = 0; n < 5; ++n) ASSERT_EQ(sync_wait(open_pass(m_w.world, pass, "x")), PassCode::wrong);
        m_w.clock.advance(std::chrono::minutes{2});
        mailed_code();
        const auto blocked = ask(email, pass);
        EXPECT_EQ(blocked.answer, PassAsked::wait) << "no mail with a code that nobody may try";
        EXPECT_EQ(blocked.until, asked_at + m_w.world.throttle.pass_life);
        EXPECT_TRUE(mailed_code().empty());
        m_w.clock.advance(blocked.until - m_w.clock.now());
        EXPECT_EQ(ask(email, pass).answer, PassAsked::sent);
    }
}

TEST_P(MailedPass, WhoHasNoCodeIsNotToldHowManyPassesWereOpened)
{
    m_w.person();
    m_w.transact([&](db::Tx& tx) {
        tx.execute("INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES "
                   "('passes_opened', $1, 20, 0, $2)",
                   m_w.keys.index.of("tries", "ada@mail.example"),
                   to_unix_ms(m_w.clock.now() + std::chrono::hours{24}));
    });
    const auto pass = ask("ada@mail.example").token->hash;
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, "x")), PassCode::wrong);
    EXPECT_EQ(sync_wait(open_pass(m_w.world, pass, mailed_code())), PassCode::spent);
}

TEST_P(MailedPass, ParallelRightCodesOpenOnePassForOneBrowser)
{
    m_w.person();
    const auto pass = ask("ada@mail.example").token->hash;
    const std::string code = mailed_code();
    std::atomic<int> spent = 0;
    test::in_parallel(8, [&](int) {
        if (sync_wait(open_pass(m_w.world, pass, code)) == PassCode::spent) ++spent;
    });
    EXPECT_GE(spent + 5, 3) << "five tries, whoever comes first";
    EXPECT_TRUE(m_w.transact(
        [&](db::Tx& tx) { return opened_pass(tx, m_w.world, pass, "ada@mail.example", m_w.clock.now()); }));
}

TEST_P(MailedPass, WithEachCallFailingOnceItIsAskedForAndOpenedAfterAll)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const std::string email =
                "m" + std::to_string(call) + (when == When::before ? "b" : "a") + "@mail.example";
            m_w.person({.email = email});
            std::optional<store::TokenHash> pass;
            const auto through = [&] {
                const auto asked = ask(email, pass);
                if (asked.token) pass = asked.token->hash;
                return pass && sync_wait(open_pass(m_w.world, *pass, mailed_code())) == PassCode::opened;
            };
            m_failing.fail_call(call, when);
            bool failed = false;
            try {
                EXPECT_TRUE(through());
            } catch (const Unavailable&) {
                failed = true;
            }
            const bool ran_out = m_failing.calls() < call;
            m_failing.fail_call(0);
            EXPECT_EQ(failed, !ran_out) << call;
            if (failed) {
                m_w.clock.advance(m_w.world.throttle.pass_life);
                mailed_code();
                EXPECT_TRUE(through()) << "a new one works, call " << call;
            }
            if (ran_out) break;
        }
    }
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
