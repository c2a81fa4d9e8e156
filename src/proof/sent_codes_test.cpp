// Codes by mail and text: bound, counted, paid for, and taken once.
#include "proof/sent_codes.h"

#include "store/budgets.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::proof {
namespace {

using policy::challenge::Channel;
using policy::challenge::Purpose;
using test::stranger;

constexpr char mobile[] = "+351912345678";
constexpr Duration gap = std::chrono::seconds{60};

/// The texts that wait, newest last; none is sent here.
std::vector<store::OutboxMail> texts(test::World& w)
{
    constexpr Duration for_ever = std::chrono::days{400};
    const auto claimed = w.transact([&](db::Tx& tx) {
        return store::claim_mail(tx, w.keys.keys, 100, for_ever, w.clock.now(), store::OutboxChannel::text);
    });
    std::vector<store::OutboxMail> all;
    for (const store::ClaimedMail& one : claimed) all.push_back(one.mail);
    return all;
}

class SentCodes : public testing::TestWithParam<db::test::Engine> {
protected:
    CodePlace place(Channel channel = Channel::text, std::uint8_t browser = 1,
                    Purpose purpose = Purpose::second_factor) const
    {
        return {m_ada.id, store::TokenHash{browser}, purpose, channel};
    }
    SendOutcome send(const CodePlace& where, std::string to = mobile, bool proven = true,
                     Asker asker = stranger())
    {
        return sync_wait(send_code(m_w.world, std::move(asker), where, {std::move(to), proven}));
    }
    std::string sent_code()
    {
        const auto waiting = texts(m_w);
        return waiting.empty() ? std::string() : test::parameter(waiting.back(), "code");
    }
    CodeTry attempt(const CodePlace& where, std::string typed)
    {
        return sync_wait(try_code(m_w.world, where, std::move(typed)));
    }
    bool take(const CodePlace& where, const std::string& digits)
    {
        return m_w.transact(
            [&](db::Tx& tx) { return take_code(tx, m_w.world, where, digits, m_w.clock.now()); });
    }
    static std::string other_than(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Person m_ada = m_w.person();
};
INSTANTIATE_TEST_SUITE_P(Engines, SentCodes, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(SentCodes, ARightCodeIsTakenOnce)
{
    ASSERT_EQ(send(place()).answer, SendAnswer::sent);
    const auto waiting = texts(m_w);
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].mail, "T1");
    EXPECT_EQ(waiting[0].to, mobile);
    const std::string code = test::parameter(waiting[0], "code");
    EXPECT_EQ(code.size(), 6U);
    const auto tried = attempt(place(), code.substr(0, 3) + " " + code.substr(3));
    EXPECT_EQ(tried.answer, CodeAnswer::right);
    EXPECT_EQ(tried.to, mobile);
    EXPECT_TRUE(take(place(), tried.digits));
    EXPECT_FALSE(take(place(), tried.digits));
    EXPECT_EQ(attempt(place(), code).answer, CodeAnswer::over);
}

TEST_P(SentCodes, AMailGoesToTheAccountsOwnAddressOnly)
{
    ASSERT_EQ(send(place(Channel::email), m_ada.email.address()).answer, SendAnswer::sent);
    EXPECT_TRUE(texts(m_w).empty());
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].mail, "E2-second");
    EXPECT_EQ(mails[0].to, m_ada.email.address());
    EXPECT_EQ(attempt(place(Channel::email), test::parameter(mails[0], "code")).answer, CodeAnswer::right);
}

TEST_P(SentCodes, AreOfOneBrowserPurposeChannelAndAccount)
{
    send(place());
    const std::string code = sent_code();
    const auto eve = m_w.person({.email = "eve@mail.example"});
    EXPECT_EQ(attempt(place(Channel::text, 2), code).answer, CodeAnswer::over);
    EXPECT_EQ(attempt(place(Channel::text, 1, Purpose::new_number), code).answer, CodeAnswer::over);
    EXPECT_EQ(attempt(place(Channel::email), code).answer, CodeAnswer::over);
    const CodePlace eves{eve.id, store::TokenHash{1}, Purpose::second_factor, Channel::text};
    EXPECT_EQ(attempt(eves, code).answer, CodeAnswer::over);
    EXPECT_FALSE(take(eves, code));
    EXPECT_EQ(attempt(place(), code).answer, CodeAnswer::right);
}

TEST_P(SentCodes, FiveTriesAndANewCodeBringsNoMore)
{
    send(place());
    std::string code = sent_code();
    for (int left = 4; left >= 2; --left) {
        const auto wrong = attempt(place(), other_than(code));
        EXPECT_EQ(wrong.answer, CodeAnswer::wrong);
        EXPECT_EQ(wrong.tries_left, left);
    }
    EXPECT_EQ(send(place()).answer, SendAnswer::wait);
    m_w.clock.advance(gap);
    EXPECT_EQ(send(place()).answer, SendAnswer::sent);
    const std::string newer = sent_code();
    EXPECT_EQ(attempt(place(), other_than(newer)).tries_left, 1);
    EXPECT_EQ(attempt(place(), other_than(newer)).tries_left, 0);
    EXPECT_EQ(attempt(place(), newer).answer, CodeAnswer::over) << "the sixth try";
    m_w.clock.advance(gap);
    EXPECT_EQ(send(place()).answer, SendAnswer::wait) << "a new one would bring tries";
    EXPECT_EQ(attempt(place(), "12345").answer, CodeAnswer::over);
}

TEST_P(SentCodes, OnlyTheNewestWorksAndForTenMinutes)
{
    send(place());
    const std::string first = sent_code();
    m_w.clock.advance(gap);
    send(place());
    const std::string second = sent_code();
    if (first != second) {
        EXPECT_EQ(attempt(place(), first).answer, CodeAnswer::wrong);
    }
    m_w.clock.advance(std::chrono::minutes{10});
    EXPECT_EQ(attempt(place(), second).answer, CodeAnswer::over);
    EXPECT_FALSE(take(place(), second));
}

TEST_P(SentCodes, WhatCannotBeACodeCostsNoTry)
{
    send(place());
    for (const char* typed : {"", "12345", "1234567", "abcdef", "12345x"})
        EXPECT_EQ(attempt(place(), typed).answer, CodeAnswer::malformed) << typed;
    EXPECT_EQ(attempt(place(), other_than(sent_code())).tries_left, 4);
}

TEST_P(SentCodes, ParallelGuessesHaveFiveTriesTogether)
{
    constexpr int guesses = 24;
    send(place());
    const std::string wrong = other_than(sent_code());
    std::atomic<int> compared = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < guesses; ++i)
        threads.emplace_back([&] {
            if (attempt(place(), wrong).answer == CodeAnswer::wrong) ++compared;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(compared, 5);
}

TEST_P(SentCodes, ParallelRightCodesAreTakenOnce)
{
    constexpr int takers = 8;
    send(place());
    const std::string code = sent_code();
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < takers; ++i)
        threads.emplace_back([&] {
            if (take(place(), code)) ++taken;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(taken, 1);
}

struct Unwanted {
    const char* number;
    SendAnswer answer;
};
TEST_P(SentCodes, NumbersThatEarnOrReceiveNothingGetNone)
{
    for (const Unwanted& one :
         {Unwanted{"+351760123456", SendAnswer::premium}, Unwanted{"+351212345678", SendAnswer::landline},
          Unwanted{"+351800123456", SendAnswer::unreachable}, Unwanted{"+35191", SendAnswer::unreachable}}) {
        EXPECT_EQ(send(place(), one.number).answer, one.answer) << one.number;
        EXPECT_EQ(sync_wait(may_text(m_w.world, stranger(), {one.number, false})).answer, one.answer);
    }
    m_w.world.text_regions = {"DE"};
    EXPECT_EQ(send(place()).answer, SendAnswer::not_served);
    EXPECT_TRUE(texts(m_w).empty());
}

TEST_P(SentCodes, ALandlineIsCalledAndAMobileNumberWhereItsOwnerAsks)
{
    using policy::phones::Reach;
    constexpr char landline[] = "+351212345678";
    EXPECT_EQ(reach_of(m_w.world, landline), Reach::nothing);
    m_w.world.text_calls = true;
    EXPECT_EQ(reach_of(m_w.world, landline), Reach::call);
    EXPECT_EQ(reach_of(m_w.world, mobile), Reach::text_or_call);
    EXPECT_EQ(reach_of(m_w.world, "+351760123456"), Reach::nothing);
    EXPECT_EQ(reach_of(m_w.world, "no number"), Reach::nothing);
    EXPECT_EQ(sync_wait(may_text(m_w.world, stranger(), {landline, false})).answer, SendAnswer::sent);
    const auto sent_to = [&](const char* to, bool call, std::uint8_t browser) {
        CodeTarget target{to, true};
        target.call = call;
        const auto where = place(Channel::text, browser);
        EXPECT_EQ(sync_wait(send_code(m_w.world, stranger(), where, target)).answer, SendAnswer::sent);
        const auto row = texts(m_w).back();
        EXPECT_EQ(row.to, to);
        const bool called = test::parameter(row, "call") == "yes";
        EXPECT_EQ(sync_wait(find_code(m_w.world, where))->called, called);
        EXPECT_EQ(attempt(where, test::parameter(row, "code")).answer, CodeAnswer::right);
        return called;
    };
    EXPECT_TRUE(sent_to(landline, false, 1));
    EXPECT_FALSE(sent_to(mobile, false, 2));
    EXPECT_TRUE(sent_to(mobile, true, 3));
    m_w.world.text_calls = false;
    EXPECT_FALSE(sent_to(mobile, true, 4)) << "nobody calls here";
    EXPECT_EQ(send(place(Channel::text, 5), landline).answer, SendAnswer::landline);
}

TEST_P(SentCodes, ACallInThePlaceOfATextBringsNoTriesAndCostsTheSame)
{
    m_w.world.text_calls = true;
    const auto where = place();
    ASSERT_EQ(send(where).answer, SendAnswer::sent);
    const std::string texted = sent_code();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(attempt(where, other_than(texted)).answer, CodeAnswer::wrong);
    m_w.clock.advance(gap);
    CodeTarget target{mobile, true};
    target.call = true;
    ASSERT_EQ(sync_wait(send_code(m_w.world, stranger(), where, target)).answer, SendAnswer::sent);
    const std::string spoken = sent_code();
    EXPECT_EQ(attempt(where, other_than(spoken)).tries_left, 1);
    EXPECT_EQ(attempt(where, spoken).answer, CodeAnswer::right);
    int sent = 2;
    for (std::uint8_t browser = 2; browser < 12; ++browser) {
        m_w.clock.advance(gap);
        const auto other = place(Channel::text, browser);
        sent += sync_wait(send_code(m_w.world, stranger(), other, target)).answer == SendAnswer::sent;
    }
    EXPECT_EQ(sent, 5) << "a number's day";
}

/// Attack case 28: each in a browser of its own, so that only the budgets stand in the way.
TEST_P(SentCodes, APumpRunsDry)
{
    const auto pump = [&](int count, const auto& number_of, const auto& network_of) {
        int sent = 0;
        for (int i = 0; i < count; ++i) {
            const auto where = place(Channel::text, static_cast<std::uint8_t>(i + 1));
            sent += send(where, number_of(i), false, stranger(network_of(i))).answer == SendAnswer::sent;
        }
        return sent;
    };
    const auto one_number = [](int) { return std::string(mobile); };
    const auto numbers = [](int i) { return "+3519123456" + std::to_string(10 + i); };
    const auto one_network = [](int) { return std::string("192.0.2.1"); };
    const auto networks = [](int i) { return "198.51.100." + std::to_string(i); };
    EXPECT_EQ(pump(20, one_number, networks), 5) << "one number";
    EXPECT_EQ(pump(20, numbers, one_network), 10) << "one network";
    m_w.clock.advance(std::chrono::hours{25});
    m_w.world.texts.country_max = 12;
    EXPECT_EQ(pump(20, numbers, networks), 6) << "half of a country's, for numbers nobody has proven";
    EXPECT_EQ(send(place(Channel::text, 200), "+351960000000", true, stranger("203.0.113.9")).answer,
              SendAnswer::sent)
        << "the other half is for people who are signing in";
    m_w.clock.advance(std::chrono::hours{25});
    m_w.world.texts.country_max = 1000;
    m_w.world.texts.all_max = 8;
    EXPECT_EQ(pump(20, numbers, networks), 4) << "everybody's";
}

TEST_P(SentCodes, WhatWasNotSentIsNotPaid)
{
    m_w.world.texts.all_max = 2;  // one for numbers nobody has proven
    EXPECT_EQ(send(place(), mobile, false).answer, SendAnswer::sent);
    EXPECT_EQ(send(place(Channel::text, 2), "+351912345679", false).answer, SendAnswer::busy);
    const std::vector<store::BudgetKey> keys{
        {store::BudgetKind::text_number, m_w.keys.index.of("texts", "+351912345679")},
        {store::BudgetKind::text_country, m_w.keys.index.of("texts", "PT")}};
    const auto budgets = sync_wait(store::read_budgets(m_w.world.database, keys));
    EXPECT_EQ(budgets[0].charged, 0);
    EXPECT_EQ(budgets[1].charged, 1);
}

TEST_P(SentCodes, APumpInParallelIsHeldToo)
{
    constexpr int askers = 24;
    std::atomic<int> sent = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < askers; ++i)
        threads.emplace_back([&, i] {
            const auto where = place(Channel::text, static_cast<std::uint8_t>(i + 1));
            const auto asker = stranger("198.51.100." + std::to_string(i));
            if (send(where, mobile, false, asker).answer == SendAnswer::sent) ++sent;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sent, 5);
    EXPECT_EQ(texts(m_w).size(), 5U);
}

TEST_P(SentCodes, MailsInParallelAreHeldToTheDay)
{
    constexpr int askers = 24;  // sign-ins of one network, each with its own browser
    std::atomic<int> sent = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < askers; ++i)
        threads.emplace_back([&, i] {
            const auto where = place(Channel::email, static_cast<std::uint8_t>(i + 1));
            if (send(where, "ada@mail.example").answer == SendAnswer::sent) ++sent;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sent, m_w.world.codes.sends_a_day_max);
}

TEST_P(SentCodes, EachCallFailingLeavesNoHalf)
{
    std::uint8_t browser = 10;
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string&, auto fails) {
        const auto where = place(Channel::text, ++browser);
        m_w.clock.advance(std::chrono::hours{25});
        texts(m_w);
        fails([&] { send(where); });
        const auto open = sync_wait(find_code(m_w.world, where));
        EXPECT_EQ(texts(m_w).size(), open ? 1U : 0U) << "a code that counts is owed, and no other";
    });
}

TEST_P(SentCodes, ADeadCodeBeginsAnew)
{
    send(place());
    for (int i = 0; i < 5; ++i) attempt(place(), other_than(sent_code()));
    m_w.clock.advance(std::chrono::minutes{10});
    ASSERT_EQ(send(place()).answer, SendAnswer::sent);
    EXPECT_EQ(attempt(place(), other_than(sent_code())).tries_left, 4);
}

}  // namespace
}  // namespace sallyport::proof
