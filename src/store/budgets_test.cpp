// Counting in the database agrees with the law, also in parallel and from two processes.
#include "store/budgets.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

namespace throttle = policy::throttle;
using test::start_of_test;

class Budgets : public testing::TestWithParam<db::test::Engine> {
protected:
    std::optional<Budget> charge_now(const BudgetKey& key, const throttle::Schedule& schedule,
                                     std::int64_t cost, Instant now)
    {
        return sync_wait(charge(m_database, key, schedule, cost, now));
    }
    Budget read_one(const BudgetKey& key) { return sync_wait(read_budgets(m_database, {key})).at(0); }
    /// Puts the row where a bucket says.
    void put(const BudgetKey& key, const throttle::Bucket& bucket)
    {
        sync_wait(m_database.transact([&](db::Tx& tx) {
            reset(tx, key);
            if (bucket.charged == 0) return;
            tx.execute("INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES "
                       "('stranger', $1, $2, $3, 0)",
                       key.key, bucket.charged, to_unix_ms(bucket.next_at));
        }));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    const BudgetKey m_key{BudgetKind::stranger, Bytes{1, 2, 3}};
};
INSTANTIATE_TEST_SUITE_P(Engines, Budgets, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Budgets, ChargeAsTheLawSays)
{
    const throttle::Limits limits;
    for (const auto door : {throttle::Door::stranger, throttle::Door::known_browser, throttle::Door::pass}) {
        const throttle::Schedule schedule = throttle::schedule_of(door, limits);
        for (const std::int64_t cost : {throttle::guess_cost, throttle::drift_search_cost}) {
            for (std::int64_t charged = 0; charged <= schedule.cap + 2; ++charged) {
                const throttle::Bucket before{charged, charged == 0 ? Instant{} : start_of_test};
                put(m_key, before);
                const auto wanted = throttle::charge(before, cost, start_of_test, schedule);
                const auto got = charge_now(m_key, schedule, cost, start_of_test);
                ASSERT_EQ(got.has_value(), wanted.has_value())
                    << "door " << static_cast<int>(door) << " charged " << charged << " cost " << cost;
                const Budget after = read_one(m_key);
                EXPECT_EQ(after.charged, wanted ? wanted->charged : charged);
                if (!wanted) continue;
                EXPECT_EQ(got->charged, wanted->charged);
                EXPECT_EQ(got->next_at, wanted->next_at) << "charged " << charged << " cost " << cost;
                EXPECT_EQ(after.next_at, wanted->next_at);
            }
        }
    }
}

TEST_P(Budgets, LetNobodyInBeforeTheTime)
{
    const throttle::Schedule schedule = throttle::schedule_of(throttle::Door::stranger, {});
    put(m_key, {12, start_of_test});
    EXPECT_FALSE(charge_now(m_key, schedule, 1, start_of_test - Duration{1}).has_value());
    EXPECT_EQ(read_one(m_key).charged, 12);
    EXPECT_TRUE(charge_now(m_key, schedule, 1, start_of_test).has_value());
}

TEST_P(Budgets, AdmitExactlySoManyOfParallelCharges)
{
    const auto other_process = m_fresh.open_again();
    const throttle::Schedule known = throttle::schedule_of(throttle::Door::known_browser, {});
    std::atomic<std::int64_t> admitted = 0;
    std::atomic<std::int64_t> in_window = 0;
    std::atomic<std::int64_t> mails = 0;
    test::in_parallel(64, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        if (sync_wait(charge(mine, m_key, known, 1, start_of_test))) ++admitted;
        if (sync_wait(charge_in_window(mine, {BudgetKind::network, Bytes{1}}, 7, std::chrono::hours{1},
                                       start_of_test)))
            ++in_window;
        if (sync_wait(charge_mail(mine, {BudgetKind::mail_address, Bytes{1}}, 5, std::chrono::hours{1},
                                  std::chrono::seconds{60}, start_of_test)))
            ++mails;
    });
    EXPECT_EQ(admitted, known.cap);
    EXPECT_EQ(in_window, 7);
    EXPECT_EQ(mails, 1);
    EXPECT_EQ(read_one(m_key).charged, known.cap);
}

TEST_P(Budgets, CountInAWindowThatBeginsWithTheFirst)
{
    const BudgetKey key{BudgetKind::network, Bytes{5}};
    constexpr Duration window = std::chrono::hours{1};
    const auto at = [&](Duration after) {
        return sync_wait(charge_in_window(m_database, key, 2, window, start_of_test + after));
    };
    EXPECT_EQ(at({})->charged, 1);
    EXPECT_EQ(at(std::chrono::minutes{59})->charged, 2);
    EXPECT_FALSE(at(std::chrono::minutes{59}).has_value());
    EXPECT_FALSE(at(window - Duration{1}).has_value());
    const auto next = at(window);
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->charged, 1);
    EXPECT_EQ(next->window_ends_at, start_of_test + 2 * window);
}

TEST_P(Budgets, MailsAgreeWithTheLaw)
{
    const throttle::Limits limits;
    const BudgetKey key{BudgetKind::mail_address, Bytes{6}};
    throttle::Mails mails;
    Instant now = start_of_test;
    for (int step = 0; step < 60; ++step, now += std::chrono::minutes{step % 3 == 0 ? 40 : 0} +
                                                 std::chrono::seconds{step % 2 == 0 ? 31 : 29}) {
        const bool allowed = throttle::next_mail_at(mails, now, limits) <= now;
        const auto got = sync_wait(
            charge_mail(m_database, key, limits.mails_max, limits.mails_window, limits.mail_gap, now));
        ASSERT_EQ(got.has_value(), allowed) << "step " << step;
        if (!allowed) continue;
        mails = throttle::after_mail(mails, now, limits);
        EXPECT_EQ(got->charged, mails.sent);
    }
}

TEST_P(Budgets, TheGapBetweenMailsOutlivesTheWindow)
{
    const throttle::Limits limits;
    const BudgetKey key{BudgetKind::mail_address, Bytes{7}};
    const auto at = [&](Duration after) {
        return sync_wait(charge_mail(m_database, key, limits.mails_max, limits.mails_window, limits.mail_gap,
                                     start_of_test + after));
    };
    ASSERT_TRUE(at({}).has_value());
    ASSERT_TRUE(at(limits.mails_window - std::chrono::seconds{10}).has_value());
    EXPECT_FALSE(at(limits.mails_window + std::chrono::seconds{5}).has_value());
    const auto next = at(limits.mails_window + std::chrono::seconds{50});
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->charged, 1);
}

TEST_P(Budgets, GiveBackAndBeginAnew)
{
    const throttle::Schedule schedule = throttle::schedule_of(throttle::Door::stranger, {});
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(charge_now(m_key, schedule, 1, start_of_test).has_value());
    EXPECT_FALSE(charge_now(m_key, schedule, 1, start_of_test).has_value()) << "the tenth makes wait";
    sync_wait(m_database.transact([&](db::Tx& tx) { refund(tx, m_key, 1, start_of_test); }));
    EXPECT_EQ(read_one(m_key).charged, 9);
    EXPECT_EQ(read_one(m_key).next_at, start_of_test);
    sync_wait(m_database.transact([&](db::Tx& tx) { refund(tx, m_key, 10, start_of_test); }));
    EXPECT_EQ(read_one(m_key).charged, 9) << "a success in between emptied it: nothing to give back";
    sync_wait(m_database.transact([&](db::Tx& tx) { reset(tx, m_key); }));
    EXPECT_EQ(read_one(m_key).charged, 0);
    EXPECT_EQ(read_one(m_key).next_at, Instant{});
}

TEST_P(Budgets, AreReadInTheOrderOfAskingAndApart)
{
    const throttle::Schedule schedule = throttle::schedule_of(throttle::Door::stranger, {});
    const BudgetKey same_key_other_kind{BudgetKind::pass, m_key.key};
    const BudgetKey other_key{BudgetKind::stranger, Bytes{9}};
    charge_now(m_key, schedule, 3, start_of_test);
    charge_now(same_key_other_kind, schedule, 2, start_of_test);
    const std::vector<BudgetKey> asked{other_key, same_key_other_kind, m_key, same_key_other_kind};
    const std::uint64_t before = m_database.statement_count();
    const auto budgets = sync_wait(read_budgets(m_database, asked));
    EXPECT_EQ(m_database.statement_count() - before, 1U);
    ASSERT_EQ(budgets.size(), 4U);
    EXPECT_EQ(budgets[0].charged, 0);
    EXPECT_EQ(budgets[1].charged, 2);
    EXPECT_EQ(budgets[2].charged, 3);
    EXPECT_EQ(budgets[3].charged, 2);
}

}  // namespace
}  // namespace sallyport::store
