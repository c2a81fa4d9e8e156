// Messages as they stay: found by number and recipient only, listed page by page, forgotten in time; and
// serials, which are drawn without a row that everybody writes.
#include "store/sent_messages.h"

#include "store/kept_messages.h"
#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace sallyport::store {
namespace {

using policy::message_checks::Answer;
using policy::message_checks::judge;
using test::start_of_test;

constexpr Duration lease = std::chrono::seconds{30};

class SentMessages : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    OutboxMail message(std::string to = "Ada@Mail.example", std::string mail = "E19")
    {
        return {m_random.id<OutboxId>(start_of_test),
                m_account,
                std::move(mail),
                std::move(to),
                "ar",
                {{"code", "48151623"}, {"words", "quiet otter 77"}}};
    }
    OutboxMail put(OutboxMail one, Instant now = start_of_test)
    {
        transact([&](db::Tx& tx) { put_mail(tx, m_keys.keys, one, MailPriority::security, now); });
        return one;
    }
    /// As the worker has it: with its number.
    ClaimedMail claim(OutboxChannel channel = OutboxChannel::mail)
    {
        return transact(
                   [&](db::Tx& tx) { return claim_mail(tx, m_keys.keys, 1, lease, start_of_test, channel); })
            .at(0);
    }
    MessageFound find(const std::string& number, const std::string& recipient)
    {
        const auto typed = crypto::parse_message_number(number);
        CHECK(typed.has_value());
        return sync_wait(find_message(m_database, m_keys.keys, *typed, recipient));
    }
    bool genuine(const std::string& number, const std::string& recipient, Instant now = start_of_test)
    {
        const MessageFound found = find(number, recipient);
        const bool is = judge(found.facts, now, {}) == Answer::genuine;
        EXPECT_TRUE(!is || found.message.has_value());
        return is;
    }
    std::vector<SentMessage> list(const std::optional<MessagePlace>& after = {}, std::int64_t most = 50,
                                  Instant since = start_of_test - std::chrono::hours{1})
    {
        return transact(
            [&](db::Tx& tx) { return messages_of(tx, m_keys.keys, m_account, after, most, since); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{4};
    test::CapturedLog m_log;
    AccountId m_account = m_random.id<AccountId>(start_of_test);
};
INSTANTIATE_TEST_SUITE_P(Engines, SentMessages, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(SentMessages, AreFoundByNumberAndRecipientOnly)
{
    put(message());
    const ClaimedMail claimed = claim();
    ASSERT_EQ(claimed.mail.number.size(), 21U);
    for (const char* same : {"Ada@Mail.example", "ada@mail.example", " ADA@MAIL.EXAMPLE "})
        EXPECT_TRUE(genuine(claimed.mail.number, same)) << same;
    const auto found = find(claimed.mail.number, "ada@mail.example").message;
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->mail, "E19");
    EXPECT_EQ(found->number, claimed.mail.number);
    EXPECT_EQ(found->to, "A••@m••.example");
    EXPECT_EQ(found->language, "ar");
    EXPECT_EQ(found->created_at, start_of_test);
    for (const char* other : {"eve@mail.example", "ada@other.example", "", "+351912345678"}) {
        const MessageFound wrong = find(claimed.mail.number, other);
        EXPECT_TRUE(wrong.facts.row_found) << "copied";
        EXPECT_FALSE(wrong.facts.number_right || wrong.facts.recipient_right || wrong.message) << other;
    }
    const std::string nobodys =
        crypto::shown(crypto::MessageNumbers(m_keys.keys.index).make(77, "ada@mail.example"));
    const MessageFound none = find(nobodys, "ada@mail.example");
    EXPECT_TRUE(none.facts.number_right) << "rightly made, and never sent";
    EXPECT_FALSE(none.facts.row_found || none.facts.recipient_right || none.message);
    EXPECT_FALSE(genuine(claimed.mail.number, "ada@mail.example", start_of_test + std::chrono::days{180}));
}

TEST_P(SentMessages, TheNumberIsTheSameAtEveryTryAndAfterDelivery)
{
    const OutboxMail one = put(message());
    const ClaimedMail first = claim();
    const auto again = transact(
        [&](db::Tx& tx) { return claim_mail(tx, m_keys.keys, 1, lease, start_of_test + lease).at(0); });
    EXPECT_EQ(first.mail.number, again.mail.number);
    EXPECT_EQ(list().at(0).state, MessageState::waiting);
    transact([&](db::Tx& tx) { mark_delayed(tx, one.id, again.attempts, start_of_test, "450 later"); });
    EXPECT_EQ(list().at(0).state, MessageState::delayed);
    transact([&](db::Tx& tx) { mark_delivered(tx, one.id, start_of_test); });
    ASSERT_EQ(list().size(), 1U);
    EXPECT_EQ(list().at(0).number, first.mail.number);
    EXPECT_EQ(list().at(0).state, MessageState::delivered);
    EXPECT_TRUE(genuine(first.mail.number, "ada@mail.example"));
}

TEST_P(SentMessages, TextsHaveNumbersToo)
{
    OutboxMail text = message("+351912345678", "T5");
    transact([&](db::Tx& tx) { put_text(tx, m_keys.keys, text, MailPriority::security, start_of_test); });
    const ClaimedMail claimed = claim(OutboxChannel::text);
    EXPECT_TRUE(genuine(claimed.mail.number, "+351912345678"));
    EXPECT_FALSE(genuine(claimed.mail.number, "+351912345679"));
    const auto listed = list();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].channel, OutboxChannel::text);
    EXPECT_EQ(listed[0].to.find("1234"), std::string::npos) << listed[0].to;
    transact([&](db::Tx& tx) { mark_failed(tx, text.id, claimed.attempts, "no", start_of_test); });
    EXPECT_EQ(list().at(0).state, MessageState::failed);
}

// Among 10^8 rows two draws meet once in 10,000; here they are made to.
TEST_P(SentMessages, ATakenSerialIsDrawnAgain)
{
    const OutboxMail second = message();
    const std::int64_t wanted = number_row(m_keys.keys, second, 0).serial;
    const OutboxMail first = put(message("bob@mail.example"));
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE outbox SET message_serial = $1 WHERE id = $2", wanted, first.id.value());
    });
    put(second);
    const auto rows = sync_wait(m_database.read("SELECT message_serial FROM outbox ORDER BY message_serial"));
    const std::set<std::int64_t> serials{rows.integer(0, 0), rows.integer(1, 0)};
    EXPECT_EQ(serials, (std::set<std::int64_t>{wanted, number_row(m_keys.keys, second, 1).serial}));
}

// On PostgreSQL transactions are SERIALIZABLE: with a counter row nearly all of these would fail and run
// again. Each row is put once whatever happens, and all serials differ.
TEST_P(SentMessages, ParallelEventsDoNotCollide)
{
    constexpr int writers = 4;
    constexpr int each = 50;
    const auto other_process = m_fresh.open_again();
    std::atomic<int> runs = 0;
    test::in_parallel(writers, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        for (int i = 0; i < each; ++i) {
            OutboxMail one = message("person" + std::to_string(n * each + i) + "@mail.example");
            one.account = m_random.id<AccountId>(start_of_test);
            sync_wait(mine.transact([&](db::Tx& tx) {
                ++runs;
                put_mail(tx, m_keys.keys, one, MailPriority::security, start_of_test);
            }));
        }
    });
    EXPECT_EQ(sync_wait(m_database.read("SELECT COUNT(DISTINCT message_serial) FROM outbox")).integer(0, 0),
              writers * each);
    EXPECT_LT(runs, writers * each * 11 / 10) << "at most one in ten ran again";
}

TEST_P(SentMessages, AreListedPageByPage)
{
    constexpr int count = 23;
    std::vector<OutboxId> expected;
    for (int i = 0; i < count; ++i)
        expected.push_back(put(message(), start_of_test + std::chrono::minutes{i / 5}).id);
    OutboxMail others = message();
    others.account = m_random.id<AccountId>(start_of_test);
    put(others);
    std::set<OutboxId> seen;
    std::optional<MessagePlace> after;
    Instant last = start_of_test + std::chrono::hours{1};
    for (int pages = 0;; ++pages) {
        const auto page = list(after, 5);
        if (page.empty()) break;
        ASSERT_LT(pages, count);
        for (const SentMessage& one : page) {
            EXPECT_LE(one.created_at, last);
            last = one.created_at;
            EXPECT_TRUE(seen.insert(one.id).second) << "once";
        }
        after = MessagePlace{page.back().created_at, page.back().id};
    }
    EXPECT_EQ(seen, std::set<OutboxId>(expected.begin(), expected.end()));
    EXPECT_EQ(list({}, 50, start_of_test).size(), static_cast<std::size_t>(count) - 5) << "later than";
}

// A page of an account with 10,000 messages, from its middle: by the index alone.
TEST_P(SentMessages, TenThousandAreAsFastAsTen)
{
    constexpr int count = 10'000;
    transact([&](db::Tx& tx) {
        for (int i = 0; i < count; ++i)
            put_mail(tx, m_keys.keys, message(), MailPriority::security, start_of_test + Duration{i});
    });
    const MessagePlace middle{start_of_test + Duration{count / 2}, m_random.id<OutboxId>(start_of_test)};
    const auto began = std::chrono::steady_clock::now();
    constexpr int pages = 20;
    for (int i = 0; i < pages; ++i) ASSERT_EQ(list(middle, 51).size(), 51U);
    const auto each = (std::chrono::steady_clock::now() - began) / pages;
    RecordProperty("page_us",
                   std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(each).count()));
    EXPECT_LT(each, std::chrono::milliseconds{50});
    // By the plan, not by the machine's mood.
    if (GetParam().kind != db::Engine::sqlite) return;
    const Bytes account(m_account.value().begin(), m_account.value().end());
    const auto plan = sync_wait(
        m_database.read("EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE account = $1 AND created_at > $2 AND "
                        "(created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT 50",
                        account, to_unix_ms(start_of_test), to_unix_ms(middle.created_at), account));
    std::string steps;
    for (std::size_t i = 0; i < plan.size(); ++i) steps += plan.text(i, 3) + "\n";
    EXPECT_NE(steps.find("outbox_account"), std::string::npos) << steps;
    EXPECT_EQ(steps.find("TEMP B-TREE"), std::string::npos) << steps;
}

TEST_P(SentMessages, AreForgottenAfter180Days)
{
    const Instant until = start_of_test + std::chrono::hours{1};
    const OutboxMail old = put(message(), until);
    const OutboxMail waits = put(message(), until);
    const OutboxMail young = put(message(), until + Duration{1});
    transact([&](db::Tx& tx) {
        mark_delivered(tx, old.id, until);
        mark_delivered(tx, young.id, until);
        forget_messages(tx, until, 100);
    });
    std::set<OutboxId> left;
    for (const SentMessage& one : list()) left.insert(one.id);
    EXPECT_EQ(left, (std::set<OutboxId>{waits.id, young.id}));
}

TEST_P(SentMessages, AReaderOfTheDatabaseLearnsNoRecipientAndNoNumber)
{
    put(message());
    put(message());
    const auto rows = sync_wait(m_database.read(
        "SELECT recipient, kept, message_serial, template FROM outbox ORDER BY message_serial"));
    EXPECT_NE(rows.bytes(0, 0), rows.bytes(1, 0)) << "two messages to one person do not look alike";
    const ClaimedMail claimed = claim();
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const std::size_t column : {0U, 1U}) {
            const std::string bytes(as_text(rows.bytes(i, column)));
            for (const std::string& secret :
                 {std::string("ada"), std::string("ail.example"), std::string("•"), claimed.mail.number,
                  claimed.mail.number.substr(2, 4), std::string("48151623"), std::string("otter")})
                EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
        }
    // The serial is no part of the number that a mail shows.
    const auto shown = crypto::parse_message_number(claimed.mail.number);
    for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_NE(static_cast<std::uint64_t>(rows.integer(i, 2)), shown->serial);
}

TEST_P(SentMessages, WhatSomebodyWroteIntoTheTableIsNotOurs)
{
    const OutboxMail one = put(message());
    const OutboxMail two = put(message("bob@mail.example"));
    const ClaimedMail claimed = claim();
    const std::string other = claimed.mail.id == one.id ? "ada@mail.example" : "bob@mail.example";
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE outbox SET kept = (SELECT kept FROM outbox WHERE id = $1) WHERE id = $2",
                   (claimed.mail.id == one.id ? two : one).id.value(), claimed.mail.id.value());
    });
    EXPECT_FALSE(genuine(claimed.mail.number, other));
    EXPECT_EQ(list().size(), 1U);
    EXPECT_EQ(m_log.alarms(), 2U);
    // Another recipient's row does not make a number genuine for them.
    transact([&](db::Tx& tx) { tx.execute("UPDATE outbox SET recipient = $1", Bytes(32)); });
    const auto next =
        transact([&](db::Tx& tx) { return claim_mail(tx, m_keys.keys, 2, lease, start_of_test + lease); });
    for (const ClaimedMail& left : next) EXPECT_FALSE(genuine(left.mail.number, left.mail.to));
}

TEST_P(SentMessages, RowsFromBeforeHaveNoNumber)
{
    const OutboxMail old = put(message());
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE outbox SET message_serial = NULL, recipient = NULL, kept = NULL WHERE id = $1",
                   old.id.value());
    });
    EXPECT_EQ(claim().mail.number, "");
    const auto listed = list();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].number + listed[0].to + listed[0].language, "");
    EXPECT_EQ(m_log.alarms(), 0U);
}

}  // namespace
}  // namespace sallyport::store
