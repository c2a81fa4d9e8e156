// Lock codes of messages, on both engines.
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

}  // namespace
}  // namespace sallyport::store
