// Signing in with a code by mail or text: weak, of this browser, once.
#include "slices/sign_in/sent_code.h"

#include "slices/sign_in/first_factor.h"
#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/second_factor.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::sign_in {
namespace {

using policy::Method;
using test::stranger;

class SentCode : public testing::TestWithParam<db::test::Engine> {
protected:
    SentCode()
    {
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
            set.start_email_codes(m_w.random.id<FactorId>(m_w.clock.now()), m_w.clock.now());
            set.save(tx, m_w.keys.keys, m_w.clock.now());
        });
    }
    store::TokenHash begin()
    {
        PasswordCommand command{m_ada.email, Secret::from_text(m_ada.password), "/account", std::nullopt};
        const auto outcome = sync_wait(check_password(m_w.world, stranger(), std::move(command)));
        EXPECT_EQ(outcome.answer, First::second_factor);
        return outcome.half_finished ? outcome.half_finished->hash : store::TokenHash{};
    }
    std::optional<proof::SendOutcome> send(const store::TokenHash& half, Method method)
    {
        return sync_wait(send_second(m_w.world, stranger(), half, method, 0));
    }
    std::string code_of(Method method)
    {
        const auto channel =
            method == Method::email_code ? store::OutboxChannel::mail : store::OutboxChannel::text;
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::days{400}, m_w.clock.now(),
                                     channel);
        });
        std::string code;
        for (const auto& one : claimed)
            if (one.mail.mail == "E2-second" || one.mail.mail == "T1")
                code = test::parameter(one.mail, "code");
        return code;
    }
    SecondOutcome finish(const store::TokenHash& half, std::string typed, Method method)
    {
        return sync_wait(
            check_second_factor(m_w.world, stranger(), half, std::move(typed), method, std::nullopt));
    }
    std::vector<store::Session> sessions()
    {
        return m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, m_ada.id); });
    }
    static std::string other_than(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Person m_ada = m_w.person({.codes = 2});
};
INSTANTIATE_TEST_SUITE_P(Engines, SentCode, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(SentCode, TheChooserHasBothWeakestLast)
{
    const auto open = sync_wait(find_open(m_w.world, begin(), {}));
    ASSERT_TRUE(open);
    std::vector<Method> methods;
    for (const Choice& choice : open->choices) methods.push_back(choice.method);
    ASSERT_EQ(methods.size(), 4U);
    EXPECT_EQ(methods.front(), Method::totp);
    EXPECT_NE(std::ranges::find(methods, Method::sms_code), methods.end());
    m_w.world.methods = policy::profile::table_of(policy::profile::Profile::strict);
    m_w.world.methods.totp = true;
    const auto strict = sync_wait(find_open(m_w.world, begin(), {}));
    for (const Choice& choice : strict->choices) EXPECT_FALSE(is_sent(choice.method));
    EXPECT_FALSE(sync_wait(find_sent_page(m_w.world, begin(), Method::sms_code)));
}

TEST_P(SentCode, ARightOneSignsInWeakly)
{
    for (const Method method : {Method::email_code, Method::sms_code}) {
        const auto half = begin();
        const auto before = sync_wait(find_sent_page(m_w.world, half, method));
        ASSERT_TRUE(before);
        EXPECT_FALSE(before->code) << "opening the page sends nothing";
        ASSERT_EQ(send(half, method)->answer, proof::SendAnswer::sent);
        const std::string code = code_of(method);
        const auto wrong = finish(half, other_than(code), method);
        EXPECT_EQ(wrong.answer, Second::wrong);
        const auto right = finish(half, code, method);
        ASSERT_EQ(right.answer, Second::signed_in);
        EXPECT_EQ(right.browser, policy::sessions::BrowserToken::none) << "no browser becomes known by it";
        EXPECT_EQ(sessions().back().level, static_cast<std::int64_t>(policy::Level::aal1));
        EXPECT_EQ(finish(half, code, method).answer, Second::over);
        m_w.clock.advance(std::chrono::minutes{2});
    }
}

TEST_P(SentCode, IsOfTheBrowserThatAskedForIt)
{
    const auto mine = begin();
    send(mine, Method::sms_code);
    const std::string code = code_of(Method::sms_code);
    const auto other = begin();
    EXPECT_EQ(finish(other, code, Method::sms_code).answer, Second::dead);
    EXPECT_EQ(finish(mine, code, Method::email_code).answer, Second::dead);
    EXPECT_EQ(finish(mine, code, Method::totp).answer, Second::wrong);
    EXPECT_EQ(finish(mine, code, Method::sms_code).answer, Second::signed_in);
}

TEST_P(SentCode, GuessesDrawOnTheAccountsBudgetToo)
{
    // The passwords first: each of them would be refused, too, once ten guesses were made.
    std::vector<store::TokenHash> browsers;
    for (int i = 0; i < 3; ++i) browsers.push_back(begin());
    int compared = 0;
    for (const auto& half : browsers) {
        ASSERT_EQ(send(half, Method::sms_code)->answer, proof::SendAnswer::sent);
        const std::string wrong = other_than(code_of(Method::sms_code));
        for (int guess = 0; guess < 5; ++guess)
            compared += finish(half, wrong, Method::sms_code).answer == Second::wrong;
    }
    EXPECT_EQ(compared, 10) << "from ten guesses on strangers wait, whatever factor they guess at";
}

TEST_P(SentCode, ADeadOneCostsNoGuess)
{
    const auto half = begin();
    for (int i = 0; i < 30; ++i) ASSERT_EQ(finish(half, "123456", Method::sms_code).answer, Second::dead);
    EXPECT_EQ(finish(half, m_ada.code(m_w.clock.now()), Method::totp).answer, Second::signed_in);
}

TEST_P(SentCode, TurnedOffMeanwhileItOpensNothing)
{
    const auto half = begin();
    send(half, Method::email_code);
    const std::string code = code_of(Method::email_code);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.stop_email_codes();
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    EXPECT_EQ(finish(half, code, Method::email_code).answer, Second::wrong);
    EXPECT_FALSE(send(half, Method::email_code));
}

TEST_P(SentCode, InParallelItSignsInOnce)
{
    constexpr int browsers = 8;
    const auto half = begin();
    send(half, Method::sms_code);
    const std::string code = code_of(Method::sms_code);
    std::atomic<int> signed_in = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < browsers; ++i)
        threads.emplace_back([&] {
            if (finish(half, code, Method::sms_code).answer == Second::signed_in) ++signed_in;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(signed_in, 1);
    EXPECT_EQ(sessions().size(), 1U);
}

TEST_P(SentCode, EachCallFailingLeavesNoHalf)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string&, auto fails) {
        m_w.clock.advance(std::chrono::hours{25});
        const auto half = begin();
        ASSERT_EQ(send(half, Method::sms_code)->answer, proof::SendAnswer::sent);
        const std::string code = code_of(Method::sms_code);
        const std::size_t before = sessions().size();
        fails([&] { EXPECT_EQ(finish(half, code, Method::sms_code).answer, Second::signed_in); });
        const std::size_t after = sessions().size();
        const bool opened = after == before + 1;
        EXPECT_TRUE(opened || after == before);
        const auto again = finish(half, code, Method::sms_code).answer;
        EXPECT_EQ(again, opened ? Second::over : Second::signed_in);
        EXPECT_EQ(sessions().size(), before + 1) << "one session in the end, and never two";
    });
}

TEST_P(SentCode, EachCallFailingOneIsOwedAndKnownOrNeither)
{
    for (const Method method : {Method::sms_code, Method::email_code})
        db::test::with_each_call_failing(m_failing, 3, [&](const std::string&, auto fails) {
            m_w.clock.advance(std::chrono::hours{25});
            const auto half = begin();
            code_of(method);
            const auto put = [&] { EXPECT_EQ(send(half, method)->answer, proof::SendAnswer::sent); };
            fails(put);
            const bool owed = !code_of(method).empty();
            const auto page = sync_wait(find_sent_page(m_w.world, half, method));
            ASSERT_TRUE(page);
            EXPECT_EQ(page->code.has_value(), owed);
            m_w.clock.advance(std::chrono::minutes{2});
            put();
            EXPECT_EQ(finish(half, code_of(method), method).answer, Second::signed_in);
        });
}

}  // namespace
}  // namespace sallyport::sign_in
