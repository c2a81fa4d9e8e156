// The first two steps: who learns what about an address, how many tries and mails there are, and that an
// address is its mailbox's reader's, never a squatter's.
#include "policy/throttle.h"
#include "proof/asked_mails.h"
#include "slices/sign_up/walk_test.h"
#include "support/engines.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

namespace sallyport::sign_up {
namespace {

class Address : public testing::TestWithParam<db::test::Engine> {
protected:
    Walk walk(std::string address = "ada@mail.example", std::string network = "192.0.2.7")
    {
        return {m_w, std::move(address), std::move(network)};
    }
    struct Cost {
        std::uint64_t statements;
        std::uint64_t hashes;
        bool operator==(const Cost&) const = default;
    };
    Cost cost(const std::function<void()>& work)
    {
        const Cost before{m_fresh.database().statement_count(), m_w.hashes.hashes_run()};
        work();
        return {m_fresh.database().statement_count() - before.statements,
                m_w.hashes.hashes_run() - before.hashes};
    }
    static std::string other_than(const std::string& code)
    {
        return code == "12345678" ? "87654321" : "12345678";
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, Address, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Address, KnownAndUnknownCostAndAnswerTheSame)
{
    m_w.person({.email = "known@mail.example"});
    auto known = walk("known@mail.example", "192.0.2.1");
    auto unknown = walk("unknown@mail.example", "192.0.2.2");
    const auto enter = [](Walk& one) {
        return [&one] {
            const auto outcome = sync_wait(enter_address(one.w.world, test::stranger(one.network),
                                                         *Email::parse(one.address), one.secret));
            EXPECT_EQ(outcome.answer, Entered::code_asked);
            if (outcome.token) one.secret = outcome.token->hash;
        };
    };
    EXPECT_EQ(cost(enter(known)), cost(enter(unknown)));
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_EQ(mails[0].mail == "E9" ? mails[0].to : mails[1].to, "known@mail.example");
    EXPECT_EQ(mails[0].mail == "E1" ? mails[0].to : mails[1].to, "unknown@mail.example");
    // A wrong code, and the pages' own facts.
    const auto wrong = [](Walk& one) {
        return [&one] {
            const auto outcome = one.confirm("00000000");
            EXPECT_EQ(outcome.answer, Confirmed::wrong);
            EXPECT_EQ(outcome.tries_left, 4);
        };
    };
    EXPECT_EQ(cost(wrong(known)), cost(wrong(unknown)));
    const auto a = known.row();
    const auto b = unknown.row();
    EXPECT_EQ(a->progress.challenge.sent_at, b->progress.challenge.sent_at);
    EXPECT_EQ(a->progress.challenge.sends, b->progress.challenge.sends);
    EXPECT_EQ(a->row.content.size() - known.address.size(), b->row.content.size() - unknown.address.size());
    // Another mail a minute later; the account is told once in 15 minutes, and that shows nowhere else.
    m_w.clock.advance(limits.send_gap);
    EXPECT_EQ(cost(enter(known)), cost(enter(unknown)));
    EXPECT_EQ(test::new_mails(m_w).size(), 1U);
}

TEST_P(Address, NoCodeIsRightForAnAddressThatHasAnAccount)
{
    m_w.person();
    auto ada = walk();
    ada.enter();
    const std::string stored = ada.row()->progress.code;
    EXPECT_EQ(stored.size(), code_digits);
    EXPECT_NE(ada.confirm(stored).answer, Confirmed::moved);
    EXPECT_NE(ada.confirm("0" + stored.substr(1)).answer, Confirmed::moved);
}

TEST_P(Address, FiveTriesOverAllMails)
{
    auto ada = walk();
    ada.enter();
    const std::string wrong = other_than(ada.code);
    for (int left = 4; left >= 2; --left) EXPECT_EQ(ada.confirm(wrong).tries_left, left);
    m_w.clock.advance(limits.send_gap);
    EXPECT_FALSE(ada.enter().token.has_value()) << "the same row, with its tries";
    EXPECT_EQ(ada.confirm(other_than(ada.code)).tries_left, 1);
    EXPECT_EQ(ada.confirm(other_than(ada.code)).tries_left, 0);
    EXPECT_EQ(ada.confirm(ada.code).answer, Confirmed::spent);
    m_w.clock.advance(limits.code_life);
    EXPECT_TRUE(ada.enter().token.has_value()) << "begun anew once the code is dead by age";
    EXPECT_EQ(ada.confirm(ada.code).answer, Confirmed::moved);
}

TEST_P(Address, ParallelWrongCodesGetNoMoreTries)
{
    auto ada = walk();
    ada.enter();
    std::atomic<int> looked_at = 0;
    std::atomic<int> spent = 0;
    const std::string wrong = other_than(ada.code);
    test::in_parallel(16, [&](int) {
        const auto answer = sync_wait(confirm_address(m_w.world, *ada.secret, wrong)).answer;
        ++(answer == Confirmed::wrong ? looked_at : spent);
    });
    EXPECT_EQ(looked_at, 5);
    EXPECT_EQ(spent, 11);
}

TEST_P(Address, CodesAreTakenAsPeopleTypeThem)
{
    for (const char* const form : {"ascii", "spaced", "arabic", "wide"}) {
        auto one = walk(std::string(form) + "@mail.example");
        one.enter();
        std::string typed;
        for (const char digit : one.code) {
            const std::string_view kind = form;
            if (kind == "ascii") typed += digit;
            if (kind == "spaced") typed += std::string(1, digit) + " - ";
            if (kind == "arabic") typed += "\xd9" + std::string(1, static_cast<char>(0xa0 + digit - '0'));
            if (kind == "wide") typed += "\xef\xbc" + std::string(1, static_cast<char>(0x90 + digit - '0'));
        }
        EXPECT_EQ(one.confirm(typed).answer, Confirmed::moved) << form;
    }
}

TEST_P(Address, WhatIsNoCodeCostsNoTry)
{
    auto ada = walk();
    ada.enter();
    for (const char* const typed : {"", "1234567", "123456789", "abcdefgh", "\xff", "' OR 1=1 --"})
        EXPECT_EQ(ada.confirm(typed).answer, Confirmed::malformed) << typed;
    EXPECT_EQ(ada.row()->row.tries, 0);
}

TEST_P(Address, TheCodeDiesAfterFifteenMinutes)
{
    auto ada = walk();
    ada.enter();
    m_w.clock.advance(limits.code_life);
    EXPECT_EQ(ada.confirm(ada.code).answer, Confirmed::expired);
    EXPECT_EQ(ada.row()->row.tries, 0);
}

TEST_P(Address, OnlyTheNewestCodeIsRight)
{
    auto ada = walk();
    ada.enter();
    const std::string first = ada.code;
    m_w.clock.advance(limits.send_gap);
    EXPECT_EQ(sync_wait(send_again(m_w.world, test::stranger(ada.network), *ada.secret)).answer,
              Entered::code_asked);
    ada.read_mail();
    if (ada.code != first) EXPECT_EQ(ada.confirm(first).answer, Confirmed::wrong);
    EXPECT_EQ(ada.confirm(ada.code).answer, Confirmed::moved);
}

TEST_P(Address, MailsHaveABudgetOfTheirOwn)
{
    auto ada = walk();
    for (int i = 0; i < 5; ++i) {
        ada.secret.reset();  // a program without cookies
        EXPECT_EQ(ada.enter().answer, Entered::code_asked);
        m_w.clock.advance(policy::throttle::Limits{}.mail_gap);
    }
    ada.secret.reset();
    const auto refused = ada.enter();
    EXPECT_EQ(refused.answer, Entered::wait);
    EXPECT_GT(refused.until, m_w.clock.now());
    EXPECT_FALSE(refused.token.has_value());
    auto elsewhere = walk("ada@mail.example", "198.51.100.9");
    EXPECT_EQ(elsewhere.enter().answer, Entered::code_asked) << "a stranger's asking is not the owner's";
    m_w.clock.set(refused.until);
    EXPECT_EQ(ada.enter().answer, Entered::code_asked);
}

TEST_P(Address, OneNetworkAsksForSoManyMails)
{
    for (std::int64_t i = 0; i < proof::network_mails_max; ++i)
        ASSERT_EQ(walk("a" + std::to_string(i) + "@mail.example").enter().answer, Entered::code_asked);
    EXPECT_EQ(walk("last@mail.example").enter().answer, Entered::wait);
    EXPECT_EQ(walk("last@mail.example", "198.51.100.9").enter().answer, Entered::code_asked);
}

TEST_P(Address, TheReaderOfTheMailboxTakesOverFromWhoeverBegan)
{
    auto thief = walk("ada@mail.example", "203.0.113.5");
    thief.to(Stage::backup);  // somebody who read the mailbox once
    auto ada = walk();
    ada.enter();
    EXPECT_EQ(ada.confirm(ada.code).stage, Stage::password) << "begins where nothing of the other's is used";
    EXPECT_FALSE(thief.row().has_value());
    EXPECT_EQ(thief.ask().answer, Created::over);
    EXPECT_FALSE(ada.row()->progress.password.has_value());
    EXPECT_TRUE(ada.row()->progress.app_key.empty());
}

TEST_P(Address, ASquatterWithoutTheMailboxStandsInNobodysWay)
{
    auto squatter = walk("ada@mail.example", "203.0.113.5");
    squatter.enter();
    for (int i = 0; i < 5; ++i) squatter.confirm("00000000");
    auto ada = walk();
    ada.to(Stage::created);
    EXPECT_TRUE(ada.account().has_value());
    EXPECT_FALSE(squatter.row().has_value()) << "their rows go with the account";
}

TEST_P(Address, TheSameBrowserGoesOnWhereItWas)
{
    auto ada = walk();
    ada.to(Stage::app);
    const auto again = ada.enter();
    EXPECT_EQ(again.answer, Entered::resumed);
    EXPECT_EQ(again.stage, Stage::app);
    ada.address = "other@mail.example";
    EXPECT_EQ(ada.enter().stage, Stage::address) << "another address is another sign-up";
    EXPECT_TRUE(ada.row()->progress.app_key.empty());
}

TEST_P(Address, ASignUpEndsAfterADay)
{
    auto ada = walk();
    ada.to(Stage::app);
    m_w.clock.advance(limits.row_life);
    EXPECT_FALSE(ada.row().has_value());
    EXPECT_EQ(ada.choose().answer, Chosen::over);
    EXPECT_EQ(ada.prove_app("123456").answer, AppProven::over);
    EXPECT_EQ(ada.ask().answer, Created::over);
}

TEST_P(Address, SpellingsOfOneAddressAreOneSignUp)
{
    auto ada = walk("Ada@Mail.Example");
    ada.enter();
    ada.address = "ada@mail.example";
    const auto again = ada.enter();
    EXPECT_FALSE(again.token.has_value());
    EXPECT_EQ(ada.row()->progress.challenge.sends, 1) << "no second mail within the minute";
}

TEST_P(Address, EachCallThatFailsLosesNothing)
{
    for (const auto when :
         {db::test::FailingDatabase::When::before, db::test::FailingDatabase::When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            const std::string name =
                (when == db::test::FailingDatabase::When::before ? "b" : "a") + std::to_string(call);
            auto one = walk(name + "@mail.example", "2001:db8:" + name + "::/64");
            m_failing.fail_call(call, when);
            try {
                one.enter();
            } catch (const Unavailable&) {
            }
            try {
                if (one.secret) one.confirm(one.code);
            } catch (const Unavailable&) {
            }
            const bool all_ran = m_failing.calls() < call;
            m_failing.fail_call(0);
            m_w.clock.advance(limits.send_gap);
            if (!one.secret || !one.row() || !one.row()->proven()) {
                one.enter();
                EXPECT_EQ(one.confirm(one.code).answer, Confirmed::moved) << name;
            }
            EXPECT_EQ(one.row()->progress.stage, Stage::password) << name;
            if (all_ran) break;
        }
    }
}

}  // namespace
}  // namespace sallyport::sign_up
