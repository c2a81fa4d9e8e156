// P7a, P7b: one answer for every address; the code is for one browser and one purpose, and for one use.
#include "slices/reset/walk_test.h"

namespace sallyport::reset {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::Person;

class ResetCode : public ResetTest {
protected:
    Walk walk() { return {m_w}; }
    void set_state(const AccountId& account, const std::string& state)
    {
        // Nothing in this product locks yet: the row is written with the server's own keys.
        m_w.transact([&](db::Tx& tx) {
            const auto head = tx.query("SELECT email_key, created_at, version FROM accounts WHERE id = $1",
                                       account.value());
            const auto rows =
                tx.query("SELECT id, mac FROM credentials WHERE account = $1 ORDER BY id", account.value());
            std::vector<crypto::Field> fields{account.value(), head.text(0, 0), state, head.integer(0, 1),
                                              head.integer(0, 2)};
            for (std::size_t i = 0; i < rows.size(); ++i) {
                fields.emplace_back(rows.bytes(i, 0));
                fields.emplace_back(rows.bytes(i, 1));
            }
            tx.execute("UPDATE accounts SET state = $1, digest = $2 WHERE id = $3", state,
                       m_w.keys.rows.mac({"accounts", 1, fields}), account.value());
        });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ResetCode, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ResetCode, EveryAddressGetsOneMailForTheSameStatements)
{
    m_w.person({.email = "known@mail.example", .notice_email = "known@other.example"});
    struct Row {
        std::string address, mail;
        bool code;
    };
    std::optional<std::uint64_t> calls_of_first;
    for (const Row& row :
         std::vector<Row>{{"known@mail.example", "E5", true}, {"nobod@mail.example", "E5-none", false}}) {
        Walk way = walk();
        const auto before = m_failing.statement_count();
        EXPECT_EQ(way.enter(row.address).answer, Asked::code_asked);
        const auto calls = m_failing.statement_count() - before;
        EXPECT_EQ(calls_of_first.value_or(calls), calls) << row.address;
        calls_of_first = calls;
        const auto mails = test::new_mails(m_w);
        ASSERT_EQ(mails.size(), 1U) << row.address;
        EXPECT_EQ(mails[0].mail, row.mail);
        EXPECT_EQ(mails[0].to, row.address) << "a second address has no part in asking";
        EXPECT_EQ(test::parameter(mails[0], "code").size(), row.code ? 8U : 0U);
        for (const char* const fact : {"browser", "address"})
            EXPECT_EQ(test::parameter(mails[0], fact), "") << "nothing of the stranger's";
        ASSERT_TRUE(way.row().has_value());
        EXPECT_EQ(way.row()->progress.code.size(), 8U);
        for (int tries = 4; tries >= 0; --tries) {
            const auto wrong =
                sync_wait(confirm_code(m_w.world, way.asker, Purpose::reset, way.secret, "00000000"));
            EXPECT_EQ(wrong.answer, Confirmed::wrong);
            EXPECT_EQ(wrong.tries_left, tries);
        }
        EXPECT_EQ(way.type_code("00000000"), Confirmed::spent);
    }
}

TEST_P(ResetCode, NobodysRowHasNoCodeThatIsRight)
{
    Walk way = walk();
    EXPECT_EQ(way.enter("nobody@mail.example").answer, Asked::code_asked);
    const std::string kept = way.row()->progress.code;
    EXPECT_EQ(way.type_code(kept), Confirmed::malformed);
    std::string last = kept.substr(1);
    for (const char first : std::string_view("0123"))
        EXPECT_EQ(way.type_code(first + last), Confirmed::wrong) << "whoever reads the row";
}

TEST_P(ResetCode, ParallelGuessesHaveFiveTriesTogether)
{
    const Person ada = m_w.person();
    for (int round = 0; round < 4; ++round) {
        Walk way = walk();
        way.asker = test::stranger("192.0.2." + std::to_string(round + 1));
        way.enter(ada.email.address());
        const std::string wrong = way.mailed(ada.email.address()) == "00000000" ? "00000001" : "00000000";
        std::atomic<int> compared = 0;
        test::in_parallel(12, [&](int) { compared += way.type_code(wrong) == Confirmed::wrong; });
        EXPECT_LE(compared.load(), code_limits.tries_max);
        m_w.clock.advance(minutes{2});
    }
}

TEST_P(ResetCode, ALockedOrClosedAccountGetsNoCodeThatIsRight)
{
    for (const std::string state : {"locked", "closed"}) {
        const Person ada = m_w.person({.email = state + "@mail.example"});
        Walk before = walk();
        before.enter(ada.email.address());
        const auto code = before.mailed(ada.email.address());
        set_state(ada.id, state);
        EXPECT_EQ(before.type_code(code), Confirmed::over) << "the state is read again";
        m_w.clock.advance(minutes{2});
        Walk after = walk();
        EXPECT_EQ(after.enter(ada.email.address()).answer, Asked::code_asked);
        const auto mails = test::new_mails(m_w);
        ASSERT_EQ(mails.size(), 1U);
        EXPECT_EQ(mails[0].mail, "E5-locked");
        EXPECT_EQ(after.type_code(after.row()->progress.code), Confirmed::malformed);
    }
}

TEST_P(ResetCode, IsForOneBrowserAndOnePurpose)
{
    const Person ada = m_w.person();
    Walk hers = walk(), thiefs = walk(), recovering = walk();
    recovering.purpose = Purpose::recover;
    hers.enter(ada.email.address());
    const auto code = hers.mailed(ada.email.address());
    m_w.clock.advance(minutes{1});
    thiefs.enter(ada.email.address());
    EXPECT_EQ(thiefs.type_code(code), Confirmed::wrong) << "another browser's";
    m_w.clock.advance(minutes{1});
    recovering.enter(ada.email.address());
    EXPECT_EQ(recovering.type_code(code), Confirmed::wrong) << "another purpose's";
    Walk stolen = walk();
    stolen.secret = recovering.secret;
    EXPECT_EQ(stolen.type_code(code), Confirmed::over) << "a row of the one is none of the other";
    Walk none = walk();
    EXPECT_EQ(none.type_code(code), Confirmed::over);
    EXPECT_EQ(hers.type_code(code), Confirmed::moved);
}

TEST_P(ResetCode, AnotherMailKeepsTheTries)
{
    const Person ada = m_w.person();
    Walk way = walk();
    way.enter(ada.email.address());
    const auto first = way.mailed(ada.email.address());
    for (int n = 0; n < 3; ++n) EXPECT_EQ(way.type_code("00000000"), Confirmed::wrong);
    m_w.clock.advance(seconds{60});
    const auto secret = way.secret;
    EXPECT_EQ(sync_wait(ask_again(m_w.world, way.asker, Purpose::reset, way.secret)).answer,
              Asked::code_asked);
    const auto second = way.mailed(ada.email.address());
    EXPECT_EQ(way.secret, secret);
    EXPECT_NE(first, second);
    EXPECT_EQ(way.type_code(first), Confirmed::wrong) << "only the newest is right";
    EXPECT_EQ(way.type_code("00000000"), Confirmed::wrong);
    EXPECT_EQ(way.type_code(second), Confirmed::spent) << "five over both";
    m_w.clock.advance(seconds{60});
    way.enter(ada.email.address());
    EXPECT_EQ(way.mailed(ada.email.address()), "") << "no new code before this one is dead by age";
}

TEST_P(ResetCode, DiesOfAgeAndSoDoesTheRow)
{
    const Person ada = m_w.person();
    Walk way = walk();
    way.enter(ada.email.address());
    const auto code = way.mailed(ada.email.address());
    m_w.clock.advance(minutes{10});
    EXPECT_EQ(way.type_code(code), Confirmed::expired);
    way.enter(ada.email.address());
    EXPECT_EQ(way.type_code(way.mailed(ada.email.address())), Confirmed::moved);
    m_w.clock.advance(limits.row_life);
    EXPECT_FALSE(way.row().has_value());
    EXPECT_EQ(way.show_app(ada.code(m_w.clock.now())), Shown::over);
}

TEST_P(ResetCode, TheSixthMailOfADayWaits)
{
    m_w.person();
    for (int n = 0; n < 5; ++n) {
        Walk way = walk();
        EXPECT_EQ(way.enter("ada@mail.example").answer, Asked::code_asked);
        m_w.clock.advance(minutes{1});
    }
    Walk sixth = walk();
    const auto outcome = sixth.enter("ada@mail.example");
    EXPECT_EQ(outcome.answer, Asked::wait);
    EXPECT_GT(outcome.until, m_w.clock.now() + std::chrono::hours{23});
    Walk elsewhere{m_w, test::stranger("198.51.100.9")};
    EXPECT_EQ(elsewhere.enter("ada@mail.example").answer, Asked::code_asked)
        << "nobody elsewhere uses up what the owner may ask for";
}

TEST_P(ResetCode, InParallelItIsUsedOnce)
{
    const Person ada = m_w.person({.notice_email = "ada@other.example"});
    Walk way = walk();
    way.enter(ada.email.address());
    const auto code = way.mailed(ada.email.address());
    std::atomic<int> moved = 0;
    test::in_parallel(8, [&](int) {
        if (way.type_code(code) == Confirmed::moved) ++moved;
    });
    EXPECT_GE(moved.load(), 1);
    EXPECT_EQ(test::events_of(m_w, ada.id, "reset_begun"), 1);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E18"), 2) << "every address once";
}

TEST_P(ResetCode, WithEachCallFailingOnceNothingIsHalfDone)
{
    db::test::with_each_call_failing(m_failing, 5, [&](const std::string& name, const auto& attempt) {
        const Person ada = m_w.person({.email = name + "@mail.example"});
        Walk way = walk();
        way.asker = test::stranger("192.0.2." + name);
        std::string code;
        attempt([&] {
            way.enter(ada.email.address());
            code = way.mailed(ada.email.address());
            EXPECT_EQ(way.type_code(code), Confirmed::moved);
        });
        const auto row = way.row();
        const bool moved = row && row->progress.stage == policy::reset::Stage::factor;
        EXPECT_EQ(test::events_of(m_w, ada.id, "reset_begun"), moved ? 1 : 0);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E18"), moved ? 1 : 0);
        m_w.clock.advance(minutes{11});
        if (!moved) way.to_factor(ada);
    });
}

}  // namespace
}  // namespace sallyport::reset
