// The lock's row and the lock codes of messages, on both engines.
#include "store/credentials.h"
#include "store/lock_codes.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::start_of_test;
constexpr Duration day = std::chrono::days{1};

class LockCodes : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    std::optional<LockCode> find(std::string_view code, Instant now = start_of_test)
    {
        return transact([&](db::Tx& tx) { return find_lock_code(tx, m_keys.keys, code, now); });
    }
    void put(std::string_view code, const LockCode& row, Instant expires)
    {
        transact([&](db::Tx& tx) { put_lock_code(tx, m_keys.keys, code, row, expires); });
    }
    std::int64_t rows()
    {
        return transact([](db::Tx& tx) { return tx.query("SELECT COUNT(*) FROM lock_codes").integer(0, 0); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{9};
    test::CapturedLog m_log;
    const test::Person m_ada = make_person(m_database, m_keys, m_random, {});
    const test::Person m_eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, LockCodes, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(LockCodes, AreFoundUntilTheirEndAndDieTogether)
{
    const LockCode one{m_ada.id, m_random.id<ChannelId>(start_of_test)};
    const LockCode hers{m_eve.id, m_random.id<ChannelId>(start_of_test)};
    put("AAAAABBBBB", one, start_of_test + day);
    put("CCCCCDDDDD", one, start_of_test + 2 * day);
    put("EEEEEFFFFF", hers, start_of_test + 2 * day);
    const auto found = find("AAAAABBBBB");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->account == m_ada.id && found->channel == one.channel);
    EXPECT_FALSE(find("AAAAABBBBC"));
    EXPECT_FALSE(find("AAAAABBBBB", start_of_test + day));
    transact([&](db::Tx& tx) { forget_lock_codes(tx, start_of_test + day + day / 2, 10); });
    EXPECT_EQ(rows(), 2);
    transact([&](db::Tx& tx) { end_lock_codes(tx, m_ada.id); });
    EXPECT_FALSE(find("CCCCCDDDDD"));
    EXPECT_TRUE(find("EEEEEFFFFF")) << "another account's";
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(LockCodes, OneThatWasMovedIsRefusedAndAlarmed)
{
    put("AAAAABBBBB", {m_ada.id, m_random.id<ChannelId>(start_of_test)}, start_of_test + day);
    for (const auto& [column, undo] : {std::pair{"account", 0}, std::pair{"expires_at", 1}}) {
        transact([&](db::Tx& tx) {
            if (undo == 0)
                tx.execute("UPDATE lock_codes SET account = $1", m_eve.id.value());
            else
                tx.execute("UPDATE lock_codes SET account = $1, expires_at = expires_at + 1",
                           m_ada.id.value());
        });
        const std::size_t before = m_log.alarms();
        EXPECT_FALSE(find("AAAAABBBBB")) << column;
        EXPECT_EQ(m_log.alarms(), before + 1) << column;
    }
}

TEST_P(LockCodes, AMessageWithoutOneCostsTheSame)
{
    const LockCode row{m_ada.id, m_random.id<ChannelId>(start_of_test)};
    const auto cost = [&](auto work) {
        const auto before = m_database.statement_count();
        transact([&](db::Tx& tx) { work(tx, m_keys.keys, "AAAAABBBBB", row, start_of_test + day); });
        return m_database.statement_count() - before;
    };
    const auto none = cost(put_no_lock_code);
    EXPECT_EQ(rows(), 0);
    EXPECT_EQ(cost(put_lock_code), none);
    EXPECT_EQ(rows(), 1);
}

TEST_P(LockCodes, TheDatabaseHoldsNoCode)
{
    put("AAAAABBBBB", {m_ada.id, m_random.id<ChannelId>(start_of_test)}, start_of_test + day);
    const auto stored =
        transact([](db::Tx& tx) { return tx.query("SELECT code_hash FROM lock_codes").bytes(0, 0); });
    EXPECT_EQ(as_text(stored).find("AAAAA"), std::string_view::npos);
    EXPECT_GE(stored.size(), 16U);
}

// A lock holds only as long as nobody can take its row away, or write it back as it was before.
TEST_P(LockCodes, ALockIsNotTakenAwayBehindTheServersBack)
{
    const auto put = [&](const test::Person& person, bool running) {
        transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, person.id);
            auto lock = set.lock().value_or(
                AccountLock{.id = m_random.id<LockId>(start_of_test), .first_at = start_of_test});
            lock.running = running;
            lock.number = "12345678";
            lock.voices = {{"sessions", {true, false, true, false}}};
            if (running) lock.unlock_at = start_of_test;
            set.put_lock(lock);
            set.save(tx, m_keys.keys, start_of_test);
        });
    };
    const auto load = [&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id); };
    EXPECT_FALSE(transact(load).lock());
    put(m_ada, true);
    const auto locked = transact(load);
    ASSERT_TRUE(locked.state() == AccountState::locked && locked.lock());
    EXPECT_EQ(locked.lock()->number, "12345678");
    EXPECT_EQ(locked.lock()->unlock_at, start_of_test);
    EXPECT_EQ(locked.lock()->voices[0].second, (policy::lock::Said{true, false, true, false}));

    const auto row = transact([&](db::Tx& tx) {
        return tx.query("SELECT body, version, mac FROM credentials WHERE account = $1 AND kind = 'lock'",
                        m_ada.id.value());
    });
    const std::vector<std::function<void(db::Tx&)>> deeds{
        [&](db::Tx& tx) {
            tx.execute("UPDATE accounts SET state = 'active' WHERE id = $1", m_ada.id.value());
        },
        [&](db::Tx& tx) {
            tx.execute("DELETE FROM credentials WHERE account = $1 AND kind = 'lock'", m_ada.id.value());
        },
        [&](db::Tx& tx) {
            tx.execute("UPDATE credentials SET body = $1 WHERE account = $2 AND kind = 'lock'", Bytes(3),
                       m_ada.id.value());
        }};
    for (const auto& deed : deeds) {
        const std::size_t before = m_log.alarms();
        EXPECT_THROW(transact([&](db::Tx& tx) {
                         deed(tx);
                         static_cast<void>(load(tx));  // and what was written is rolled back
                     }),
                     TamperedRow);
        EXPECT_GE(m_log.alarms(), before + 1);
    }
    put(m_ada, false);
    EXPECT_EQ(transact(load).state(), AccountState::active);
    put(m_ada, true);
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE credentials SET body = $1, version = $2, mac = $3 WHERE account = $4 AND kind = "
                   "'lock'",
                   row.bytes(0, 0), row.integer(0, 1), row.bytes(0, 2), m_ada.id.value());
    });
    EXPECT_THROW(transact(load), TamperedRow) << "rolled back";
}

}  // namespace
}  // namespace sallyport::store
