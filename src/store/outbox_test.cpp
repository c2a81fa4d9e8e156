// Owed mail: who gets which row and when, verdicts out of date, and that a reader of the database reads no
// code and no words at any moment.
#include "store/outbox.h"

#include "store/sealed_rows.h"
#include "store/sign_ups.h"
#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace sallyport::store {
namespace {

using test::start_of_test;

constexpr Duration lease = std::chrono::seconds{150};
constexpr std::string_view code = "48151623";
constexpr std::string_view words = "quiet otter 77";

class Outbox : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    OutboxMail mail(std::string name = "E2")
    {
        return {m_random.id<OutboxId>(start_of_test),
                std::nullopt,
                std::move(name),
                "ada@mail.example",
                "en",
                {{"code", std::string(code)}, {"words", std::string(words)}}};
    }
    OutboxId put(MailPriority priority, Instant now = start_of_test)
    {
        const OutboxMail one = mail();
        transact([&](db::Tx& tx) { put_mail(tx, m_keys.keys, one, priority, now); });
        return one.id;
    }
    std::vector<ClaimedMail> claim(std::int64_t most, Instant now)
    {
        return transact([&](db::Tx& tx) { return claim_mail(tx, m_keys.keys, most, lease, now); });
    }
    bool is_due(Instant now)
    {
        return transact([now](db::Tx& tx) { return mail_is_due(tx, now); });
    }
    std::string state(const OutboxId& id)
    {
        const Bytes key = id.bytes();
        const auto rows = sync_wait(m_database.read("SELECT state, attempts, CASE WHEN sealed IS NULL THEN 0 "
                                                    "ELSE 1 END, last_answer FROM outbox WHERE id = $1",
                                                    key));
        return rows.text(0, 0) + " " + std::to_string(rows.integer(0, 1)) +
               (rows.integer(0, 2) == 1 ? " sealed" : " wiped");
    }
    /// Everything that the engine keeps, as one text.
    std::string everything()
    {
        std::string all;
        if (GetParam().kind == db::Engine::sqlite) {
            for (const char* part : {"", "-wal"}) {
                std::ifstream file(m_fresh.location().target + part, std::ios::binary);
                all.append(std::istreambuf_iterator<char>(file), {});
            }
            return all;
        }
        const auto add = [&](const db::Rows& rows) {
            for (std::size_t i = 0; i < rows.size(); ++i) all += rows.text(i, 0) + "\n";
        };
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM outbox t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM accounts t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM mailed_codes t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM sign_ups t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM sign_ins t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM step_ups t")));
        add(sync_wait(m_database.read("SELECT CAST(t AS TEXT) FROM credentials t")));
        return all;
    }
    bool holds(const std::string& all, std::string_view secret)
    {
        return all.find(secret) != std::string::npos ||
               all.find(to_hex(as_bytes(secret))) != std::string::npos;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{4};
    test::CapturedLog m_log;
};
INSTANTIATE_TEST_SUITE_P(Engines, Outbox, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Outbox, GivesBackWhatWasPut)
{
    OutboxMail one = mail("E19");
    one.account = m_random.id<AccountId>(start_of_test);
    one.parameters.emplace_back("empty", "");
    transact([&](db::Tx& tx) { put_mail(tx, m_keys.keys, one, MailPriority::security, start_of_test); });
    const auto claimed = claim(10, start_of_test);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].mail.id, one.id);
    EXPECT_EQ(claimed[0].mail.account, one.account);
    EXPECT_EQ(claimed[0].mail.mail, "E19");
    EXPECT_EQ(claimed[0].mail.to, "ada@mail.example");
    EXPECT_EQ(claimed[0].mail.language, "en");
    EXPECT_EQ(claimed[0].mail.parameters, one.parameters);
    EXPECT_EQ(claimed[0].attempts, 1);
    EXPECT_EQ(claimed[0].created_at, start_of_test);
}

TEST_P(Outbox, CodesLeaveFirstAndThenTheOldest)
{
    const auto notice = put(MailPriority::notice, start_of_test - std::chrono::hours{1});
    const auto newer = put(MailPriority::security, start_of_test - Duration{1});
    const auto older = put(MailPriority::security, start_of_test - Duration{2});
    const auto a_code = put(MailPriority::code, start_of_test);
    const auto later = put(MailPriority::code, start_of_test + Duration{1});
    std::vector<OutboxId> order;
    for (const ClaimedMail& claimed : claim(3, start_of_test)) order.push_back(claimed.mail.id);
    EXPECT_EQ(order, (std::vector{a_code, older, newer}));
    order.clear();
    for (const ClaimedMail& claimed : claim(3, start_of_test)) order.push_back(claimed.mail.id);
    EXPECT_EQ(order, std::vector{notice}) << "what is claimed is nobody else's, what is not due stays";
    EXPECT_FALSE(is_due(start_of_test));
    EXPECT_TRUE(is_due(start_of_test + Duration{1}));
    EXPECT_EQ(transact([](db::Tx& tx) { return waiting_mail(tx); }), 5);
    EXPECT_EQ(claim(3, start_of_test + Duration{1}).at(0).mail.id, later);
}

TEST_P(Outbox, ALeaseEnds)
{
    const auto id = put(MailPriority::security);
    ASSERT_EQ(claim(1, start_of_test).size(), 1U);
    EXPECT_TRUE(claim(1, start_of_test + lease - Duration{1}).empty());
    EXPECT_FALSE(is_due(start_of_test + lease - Duration{1}));
    EXPECT_TRUE(is_due(start_of_test + lease));
    const auto again = claim(1, start_of_test + lease);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].mail.id, id);
    EXPECT_EQ(again[0].attempts, 2);
}

TEST_P(Outbox, ParallelWorkersNeverShareARow)
{
    constexpr int rows = 40;
    for (int i = 0; i < rows; ++i) put(MailPriority::security);
    const auto other_process = m_fresh.open_again();
    Mutex mutex;
    std::multiset<OutboxId> taken;
    test::in_parallel(4, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        for (;;) {
            const auto claimed = sync_wait(mine.transact(
                [&](db::Tx& tx) { return claim_mail(tx, m_keys.keys, 3, lease, start_of_test); }));
            if (claimed.empty()) return;
            const sallyport::Lock lock(mutex);
            for (const ClaimedMail& one : claimed) taken.insert(one.mail.id);
        }
    });
    EXPECT_EQ(taken.size(), static_cast<std::size_t>(rows));
    EXPECT_EQ(std::set<OutboxId>(taken.begin(), taken.end()).size(), static_cast<std::size_t>(rows));
}

TEST_P(Outbox, AFinishedRowStaysFinished)
{
    const auto id = put(MailPriority::security);
    const auto attempts = claim(1, start_of_test).at(0).attempts;
    EXPECT_TRUE(transact([&](db::Tx& tx) { return mark_delivered(tx, id, start_of_test); }));
    EXPECT_FALSE(transact([&](db::Tx& tx) { return mark_delayed(tx, id, attempts, start_of_test, "450"); }));
    EXPECT_FALSE(transact([&](db::Tx& tx) { return mark_failed(tx, id, attempts, "550", start_of_test); }));
    EXPECT_FALSE(transact([&](db::Tx& tx) { return mark_delivered(tx, id, start_of_test); }));
    EXPECT_EQ(state(id), "delivered 1 wiped");
    EXPECT_TRUE(claim(1, start_of_test + std::chrono::hours{9}).empty());
    EXPECT_FALSE(is_due(start_of_test + std::chrono::hours{9}));
}

TEST_P(Outbox, AVerdictOutOfDateChangesNothing)
{
    const auto id = put(MailPriority::security);
    const auto first = claim(1, start_of_test).at(0).attempts;
    const auto second = claim(1, start_of_test + lease).at(0).attempts;
    EXPECT_FALSE(transact([&](db::Tx& tx) { return mark_failed(tx, id, first, "550", start_of_test); }));
    EXPECT_FALSE(transact([&](db::Tx& tx) { return mark_delayed(tx, id, first, start_of_test, "450"); }));
    EXPECT_EQ(state(id), "waiting 2 sealed");
    EXPECT_TRUE(claim(1, start_of_test + lease).empty()) << "the second worker's lease stands";
    EXPECT_TRUE(transact([&](db::Tx& tx) {
        return mark_delayed(tx, id, second, start_of_test + std::chrono::hours{1}, "450");
    }));
    EXPECT_TRUE(claim(1, start_of_test + std::chrono::minutes{59}).empty());
    EXPECT_EQ(claim(1, start_of_test + std::chrono::hours{1}).at(0).attempts, 3);
    EXPECT_TRUE(transact([&](db::Tx& tx) { return mark_delivered(tx, id, start_of_test); }))
        << "the first one's mail did go, after all";
    EXPECT_EQ(state(id), "delivered 3 wiped");
}

TEST_P(Outbox, AClaimIsRenewedByItsOwnWorkerOnly)
{
    const auto id = put(MailPriority::security);
    const auto first = claim(1, start_of_test).at(0).attempts;
    const auto renew = [&](std::int64_t attempts, Instant now) {
        return transact([&](db::Tx& tx) { return renew_claim(tx, id, attempts, lease, now); });
    };
    EXPECT_TRUE(renew(first, start_of_test + lease / 2));
    EXPECT_TRUE(claim(1, start_of_test + lease).empty());
    const auto second = claim(1, start_of_test + lease / 2 + lease).at(0).attempts;
    EXPECT_FALSE(renew(first, start_of_test + 2 * lease));
    EXPECT_TRUE(renew(second, start_of_test + 2 * lease));
    transact([&](db::Tx& tx) { mark_delivered(tx, id, start_of_test); });
    EXPECT_FALSE(renew(second, start_of_test + 2 * lease));
}

TEST_P(Outbox, ARelaysWordsAreCutAndCannotHarm)
{
    const auto id = put(MailPriority::security);
    const auto attempts = claim(1, start_of_test).at(0).attempts;
    const std::string words_of_relay = "550 \xff\x01" + std::string(1, '\0') + std::string(500, 'x');
    EXPECT_TRUE(
        transact([&](db::Tx& tx) { return mark_failed(tx, id, attempts, words_of_relay, start_of_test); }));
    EXPECT_EQ(state(id), "failed 1 wiped");
    const Bytes key = id.bytes();
    EXPECT_EQ(sync_wait(m_database.read("SELECT last_answer FROM outbox WHERE id = $1", key)).text(0, 0),
              "550 ???" + std::string(193, 'x'));
}

TEST_P(Outbox, ARowThatIsNotOursHoldsNobodyUp)
{
    const auto moved = put(MailPriority::code);
    const auto good = put(MailPriority::notice);
    const auto renamed = put(MailPriority::code);
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE id = $1) WHERE id = $2",
                   good.value(), moved.value());
        tx.execute("UPDATE outbox SET id = $1 WHERE id = $2", Bytes(4), renamed.value());
    });
    const auto claimed = claim(10, start_of_test);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].mail.id, good);
    EXPECT_EQ(m_log.alarms(), 2U);
    EXPECT_EQ(state(moved), "failed 1 wiped");
    EXPECT_EQ(transact([](db::Tx& tx) { return waiting_mail(tx); }), 1);
}

TEST_P(Outbox, AReaderOfTheDatabaseReadsNoCodeAndNoWords)
{
    const test::Person ada = make_person(m_database, m_keys, m_random, {.words = std::string(words)});
    const Secret content = Secret::from_text(std::string(code) + " " + std::string(words));
    const Instant later = start_of_test + std::chrono::minutes{15};
    transact([&](db::Tx& tx) {
        put_mail(tx, m_keys.keys, mail(), MailPriority::code, start_of_test);
        put_sign_in(tx, m_keys.keys, TokenHash{1}, ada.id, content, later);
        put_step_up(tx, m_keys.keys, m_random.id<StepUpId>(start_of_test), ada.id, content, later);
        put_mailed_code(tx, m_keys.keys, TokenHash{2}, "sign_in_pass", content, later);
        insert_sign_up(tx, m_keys.keys, TokenHash{3}, ada.email, content, later);
    });
    const auto reads_nothing = [&](std::string_view when) {
        const std::string all = everything();
        EXPECT_TRUE(holds(all, "ada@mail.example")) << "the scan sees the tables, " << when;
        EXPECT_FALSE(holds(all, code)) << when;
        EXPECT_FALSE(holds(all, words)) << when;
        EXPECT_FALSE(holds(all, ada.apps[0].reveal_text())) << when;
        EXPECT_FALSE(holds(all, ada.password)) << when;
    };
    reads_nothing("waiting");
    const auto claimed = claim(1, start_of_test).at(0);
    reads_nothing("claimed");
    transact([&](db::Tx& tx) { mark_delivered(tx, claimed.mail.id, start_of_test); });
    reads_nothing("delivered");
    EXPECT_EQ(state(claimed.mail.id), "delivered 1 wiped");
    // The scan would have found it.
    transact([&](db::Tx& tx) { tx.execute("UPDATE outbox SET last_answer = $1", code); });
    EXPECT_TRUE(holds(everything(), code));
}

}  // namespace
}  // namespace sallyport::store
