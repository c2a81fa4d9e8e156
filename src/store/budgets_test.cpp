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
        return sync_wait(charge(m_database, key, schedule, cost, now, std::nullopt));
    }
    Budget read_one(const BudgetKey& key) { return sync_wait(read_budgets(m_database, {key})).at(0); }
    void forget(Instant now)
    {
        sync_wait(m_database.transact([&](db::Tx& tx) { forget_budgets(tx, now, 1000); }));
    }
    std::int64_t rows()
    {
        return sync_wait(m_database.transact(
            [](db::Tx& tx) { return tx.query("SELECT COUNT(*) FROM budgets").integer(0, 0); }));
    }
    /// Puts the row where a bucket says.
    void put(const BudgetKey& key, const throttle::Bucket& bucket)
    {
        sync_wait(m_database.transact([&](db::Tx& tx) {
            reset(tx, key);
            if (bucket.charged == 0) return;
            tx.execute("INSERT INTO budgets (kind, key, charged, next_at, window_ends_at, searched) VALUES "
                       "('stranger', $1, $2, $3, 0, $4)",
                       key.key, bucket.charged, to_unix_ms(bucket.next_at), bucket.searched);
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
        for (const std::int64_t searched : {std::int64_t{0}, throttle::drift_search_cost}) {
            if (searched > 0 && door != throttle::Door::stranger) continue;
            for (std::int64_t charged = searched; charged <= schedule.cap + 2; ++charged) {
                const throttle::Bucket before{charged, charged == 0 ? Instant{} : start_of_test, searched};
                put(m_key, before);
                const auto wanted = throttle::charge(before, throttle::guess_cost, start_of_test, schedule);
                const auto got = charge_now(m_key, schedule, throttle::guess_cost, start_of_test);
                ASSERT_EQ(got.has_value(), wanted.has_value())
                    << "door " << static_cast<int>(door) << " charged " << charged;
                const Budget after = read_one(m_key);
                const throttle::Bucket stands{after.charged, after.next_at, after.searched};
                EXPECT_EQ(stands, wanted.value_or(before)) << "charged " << charged << " " << searched;
                if (got) EXPECT_EQ((throttle::Bucket{got->charged, got->next_at, got->searched}), stands);
            }
        }
    }
}

TEST_P(Budgets, ASearchIsChargedAsTheLawSays)
{
    const throttle::Schedule schedule = throttle::schedule_of(throttle::Door::stranger, {});
    for (const std::int64_t searched : {0, 1, 10})
        for (std::int64_t charged = searched; charged <= schedule.cap + 1; ++charged)
            for (const Instant next_at : {Instant{}, start_of_test + std::chrono::hours{1}}) {
                const throttle::Bucket before{charged, charged == 0 ? Instant{} : next_at, searched};
                put(m_key, before);
                const auto wanted = throttle::charge_search(before, schedule);
                const auto got =
                    sync_wait(charge_search(m_database, m_key, schedule, throttle::drift_search_cost));
                ASSERT_EQ(got.has_value(), wanted.has_value()) << charged << " " << searched;
                const Budget after = read_one(m_key);
                EXPECT_EQ((throttle::Bucket{after.charged, after.next_at, after.searched}),
                          wanted.value_or(before));
            }
}

TEST_P(Budgets, OneOfParallelSearchesIsMade)
{
    const auto other_process = m_fresh.open_again();
    const throttle::Schedule schedule = throttle::schedule_of(throttle::Door::stranger, {});
    std::atomic<int> made = 0;
    std::atomic<int> tried = 0;
    test::in_parallel(32, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        if (sync_wait(charge_search(mine, m_key, schedule, throttle::drift_search_cost))) ++made;
        if (sync_wait(charge(mine, m_key, schedule, 1, start_of_test, std::nullopt))) ++tried;
    });
    EXPECT_EQ(made, 1);
    EXPECT_EQ(tried, 10) << "the free tries are as many as without it";
    EXPECT_EQ(read_one(m_key).charged, 20);
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
        if (sync_wait(charge(mine, m_key, known, 1, start_of_test, std::nullopt))) ++admitted;
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

TEST_P(Budgets, MailsAgreeWithTheLawFromEveryState)
{
    const throttle::Limits limits;
    const BudgetKey key{BudgetKind::mail_address, Bytes{6}};
    const Duration ms{1};
    const auto edges = [&](Instant at) { return std::vector{at - ms, at, at + ms}; };
    for (std::int64_t sent = 0; sent <= limits.mails_max + 1; ++sent)
        for (const Duration ago : {Duration{0}, limits.mail_gap, limits.mails_window - limits.mail_gap / 2}) {
            const Instant last = start_of_test + ago;
            const throttle::Mails mails{sent, last, start_of_test + limits.mails_window};
            std::vector<Instant> times = edges(last + limits.mail_gap);
            for (const Instant at : edges(mails.window_ends)) times.push_back(at);
            for (const Instant now : times) {
                sync_wait(m_database.transact([&](db::Tx& tx) {
                    reset(tx, key);
                    if (sent > 0)
                        tx.execute("INSERT INTO budgets (kind, key, charged, next_at, window_ends_at) VALUES "
                                   "('mail_address', $1, $2, $3, $4)",
                                   key.key, sent, to_unix_ms(last + limits.mail_gap),
                                   to_unix_ms(mails.window_ends));
                }));
                const bool allowed = throttle::next_mail_at(mails, now, limits) <= now;
                const auto got = sync_wait(charge_mail(m_database, key, limits.mails_max, limits.mails_window,
                                                       limits.mail_gap, now));
                ASSERT_EQ(got.has_value(), allowed) << "sent " << sent << " ago " << ago.count();
                const auto stands = mails_of(read_one(key), limits.mail_gap);
                if (allowed)
                    EXPECT_EQ(stands, throttle::after_mail(mails, now, limits)) << sent;
                else
                    EXPECT_EQ(stands, mails) << "nothing is charged";
            }
        }
}

// What is forgotten gives nobody more: whatever is charged next is answered as if the row still stood.
TEST_P(Budgets, AreForgottenWhereNobodyGetsMoreByIt)
{
    const throttle::Limits limits;
    constexpr Duration browser_life = std::chrono::days{400};
    for (const auto door : {throttle::Door::stranger, throttle::Door::known_browser, throttle::Door::pass})
        for (const bool exists : {false, true}) {
            const BudgetKind kind = door == throttle::Door::stranger ? BudgetKind::stranger
                                    : door == throttle::Door::pass   ? BudgetKind::pass
                                                                     : BudgetKind::known_browser;
            const BudgetKey key{kind, Bytes{1}};
            const auto until = throttle::forgettable_at(door, exists, start_of_test, limits, browser_life);
            const auto schedule = throttle::schedule_of(door, limits);
            for (std::int64_t n = 0; n < 3; ++n)
                sync_wait(charge(m_database, key, schedule, 1, start_of_test, until));
            const Instant far = start_of_test + std::chrono::days{4000};
            forget(until ? *until - Duration{1} : far);
            EXPECT_EQ(read_one(key).charged, 3) << static_cast<int>(door) << exists;
            if (!until) {
                EXPECT_EQ(door, throttle::Door::stranger);
                sync_wait(m_database.transact([&](db::Tx& tx) { reset(tx, key); }));
                continue;
            }
            forget(*until);
            EXPECT_EQ(rows(), 0) << static_cast<int>(door) << exists;
        }
}

TEST_P(Budgets, ASearchIsNeverForgotten)
{
    const BudgetKey searched{BudgetKind::stranger, Bytes{2}};
    const auto schedule = throttle::schedule_of(throttle::Door::stranger, {});
    sync_wait(charge_search(m_database, searched, schedule, throttle::drift_search_cost));
    forget(start_of_test + std::chrono::days{4000});
    EXPECT_EQ(read_one(searched).charged, 10);
}

// Counts in a window and mails: after the window and the gap a row and none are the same.
TEST_P(Budgets, CountsAreForgottenWithTheirWindow)
{
    const throttle::Limits limits;
    const BudgetKey network{BudgetKind::network, Bytes{3}};
    const BudgetKey mails{BudgetKind::mail_address, Bytes{4}};
    const Duration hour = std::chrono::hours{1};
    for (const bool forgotten : {false, true}) {
        sync_wait(m_database.transact([&](db::Tx& tx) {
            reset(tx, network);
            reset(tx, mails);
        }));
        for (int n = 0; n < 2; ++n) sync_wait(charge_in_window(m_database, network, 2, hour, start_of_test));
        const Instant last = start_of_test + hour - Duration{1};
        sync_wait(charge_mail(m_database, mails, 2, hour, {}, start_of_test));
        sync_wait(charge_mail(m_database, mails, 2, hour, limits.mail_gap, last));
        if (forgotten) {
            forget(start_of_test + hour - Duration{1});
            EXPECT_EQ(rows(), 2) << "the windows still run";
            forget(start_of_test + hour);
            EXPECT_EQ(rows(), 1) << "the gap between two mails still runs";
            forget(last + limits.mail_gap);
            EXPECT_EQ(rows(), 0);
        }
        const Instant later = last + limits.mail_gap;
        EXPECT_EQ(sync_wait(charge_in_window(m_database, network, 2, hour, later))->charged, 1);
        EXPECT_EQ(sync_wait(charge_mail(m_database, mails, 2, hour, {}, later))->charged, 1);
    }
}

TEST_P(Budgets, OnlySoManyAreForgottenAtATime)
{
    for (std::uint8_t n = 0; n < 5; ++n)
        sync_wait(charge_in_window(m_database, {BudgetKind::network, Bytes{n}}, 9, std::chrono::hours{1},
                                   start_of_test));
    const auto left = sync_wait(m_database.transact([&](db::Tx& tx) {
        forget_budgets(tx, start_of_test + std::chrono::hours{1}, 2);
        return tx.query("SELECT COUNT(*) FROM budgets").integer(0, 0);
    }));
    EXPECT_EQ(left, 3);
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
