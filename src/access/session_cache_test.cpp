// The session cache against rows of both engines: hits, ends in other processes, ages, and what it does
// without its log.
#include "access/session_cache.h"

#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::access {
namespace {

using test::Person;
using test::start_of_test;
constexpr Duration minute = std::chrono::minutes{1};
constexpr Duration second = std::chrono::seconds{1};

class Cache : public testing::TestWithParam<db::test::Engine> {
protected:
    store::TokenHash open(std::uint8_t name, Instant at = start_of_test)
    {
        store::TokenHash hash{};
        hash.fill(name);
        m_w.transact([&](db::Tx& tx) {
            store::insert_session(tx, m_w.keys.keys, {hash, m_ada.id, 2, 3, at, at, "Firefox", "192.0.2.1"});
        });
        return hash;
    }
    /// As another process ends it.
    void end(const store::TokenHash& hash)
    {
        m_w.transact([&](db::Tx& tx) {
            store::end_session(tx, m_ada.id, store::session_id_of(hash), m_w.clock.now());
        });
    }
    std::optional<SessionFacts> find(const store::TokenHash& hash) { return sync_wait(m_cache.find(hash)); }
    std::uint64_t statements(const std::function<void()>& work)
    {
        const auto before = m_w.world.database.statement_count();
        work();
        return m_w.world.database.statement_count() - before;
    }
    void poll() { sync_wait(m_cache.read_revocations()); }
    Instant last_seen(const store::TokenHash& hash)
    {
        return sync_wait(store::find_session(m_fresh.database(), m_w.keys.keys, hash))->last_seen_at;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    const Person m_ada = m_w.person();
    SessionCache m_cache{m_failing, m_w.keys.keys, m_w.clock, m_w.world.sessions};
};
INSTANTIATE_TEST_SUITE_P(Engines, Cache, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Cache, AMissIsOneReadAndAHitIsNone)
{
    const auto hash = open(1);
    poll();
    EXPECT_FALSE(m_cache.find_quickly(hash).has_value());
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 1U);
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 0U);
    const auto facts = m_cache.find_quickly(hash);
    ASSERT_TRUE(facts.has_value());
    EXPECT_EQ(facts->id, store::session_id_of(hash));
    EXPECT_EQ(facts->account, m_ada.id);
    EXPECT_EQ(facts->level, 2);
    EXPECT_EQ(facts->methods, 3);
    EXPECT_EQ(facts->created_at, std::chrono::floor<std::chrono::seconds>(start_of_test));
    EXPECT_FALSE(find(store::TokenHash{9}).has_value());
    EXPECT_EQ(m_cache.size(), 1U) << "what is not there is not held";
}

TEST_P(Cache, AnEndInAnotherProcessIsSeenAfterReadingTheLog)
{
    const auto hash = open(1);
    poll();
    find(hash);
    end(hash);
    EXPECT_TRUE(find(hash).has_value()) << "not read yet";
    m_w.clock.advance(SessionCache::poll_every);
    poll();
    EXPECT_FALSE(m_cache.find_quickly(hash).has_value());
    EXPECT_FALSE(find(hash).has_value());
    EXPECT_EQ(m_cache.size(), 0U);
}

TEST_P(Cache, AnEndThatCommitsLateIsSeenStill)
{
    const auto hash = open(1);
    poll();
    find(hash);
    const Instant written = m_w.clock.now();
    m_w.clock.advance(std::chrono::seconds{20});
    poll();
    m_w.transact([&](db::Tx& tx) { store::end_session(tx, m_ada.id, store::session_id_of(hash), written); });
    poll();
    EXPECT_FALSE(find(hash).has_value());
}

TEST_P(Cache, WithoutItsLogItAsksTheDatabase)
{
    const auto hash = open(1);
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 1U);
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 1U) << "the log was never read";
    poll();
    m_w.clock.advance(SessionCache::log_unread_max);
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 0U);
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(statements([&] { EXPECT_TRUE(find(hash).has_value()); }), 1U);
    end(hash);
    EXPECT_FALSE(find(hash).has_value()) << "at once, since each check asks";
    m_failing.fail_call(1);
    EXPECT_THROW(find(hash), Unavailable) << "503, never a guess";
    poll();
    m_w.clock.advance(SessionCache::log_unread_max + Duration{1});
    m_failing.fail_call(1);
    EXPECT_THROW(poll(), Unavailable);
    EXPECT_FALSE(m_cache.find_quickly(hash).has_value()) << "a log that was not read does not count as read";
}

TEST_P(Cache, ASessionEndsByItsAgeAndByIdleness)
{
    poll();
    const auto idle = open(1);
    find(idle);
    const auto busy = open(2);
    const Duration step = std::chrono::minutes{59};
    m_w.clock.advance(std::chrono::hours{1});
    poll();
    EXPECT_FALSE(find(idle).has_value());
    EXPECT_FALSE(find(busy).has_value()) << "never seen since it was opened";

    const auto used = open(3, m_w.clock.now());
    const Instant end_of_it = m_w.clock.now() + m_w.world.sessions.overall;
    while (m_w.clock.now() + step < end_of_it) {
        m_w.clock.advance(step);
        poll();
        ASSERT_TRUE(find(used).has_value());
    }
    m_w.clock.set(end_of_it - second);
    poll();
    EXPECT_TRUE(find(used).has_value());
    m_w.clock.set(end_of_it);
    poll();
    EXPECT_FALSE(find(used).has_value());
    EXPECT_FALSE(m_cache.find_quickly(used).has_value());
}

TEST_P(Cache, WhatEndedHereIsNeverHeldAgain)
{
    const auto hash = open(1);
    poll();
    find(hash);
    m_cache.forget(hash);
    EXPECT_FALSE(m_cache.find_quickly(hash).has_value());
    // A row that was read before its end and arrives after it.
    find(hash);
    EXPECT_FALSE(m_cache.find_quickly(hash).has_value());
    EXPECT_EQ(m_cache.size(), 0U);
    const auto other = open(2);
    find(other);
    m_cache.forget_account(m_ada.id);
    EXPECT_EQ(m_cache.size(), 0U);
}

TEST_P(Cache, LastSeenIsWrittenInBatchesAndNotLost)
{
    poll();
    const auto one = open(1);
    const auto two = open(2);
    find(one);
    find(two);
    sync_wait(m_cache.write_last_seen());
    m_w.clock.advance(minute);
    poll();
    find(one);
    EXPECT_EQ(last_seen(one), start_of_test) << "not with each request";
    m_failing.fail_call(1);
    EXPECT_THROW(sync_wait(m_cache.write_last_seen()), Unavailable);
    EXPECT_EQ(last_seen(one), start_of_test);
    m_failing.fail_call(0);
    sync_wait(m_cache.write_last_seen());
    EXPECT_EQ(last_seen(one), std::chrono::floor<std::chrono::seconds>(start_of_test + minute));
    EXPECT_EQ(last_seen(two), start_of_test) << "not seen since";
    EXPECT_EQ(statements([&] { sync_wait(m_cache.write_last_seen()); }), 0U);
    m_w.clock.advance(std::chrono::hours{1});
    sync_wait(m_cache.write_last_seen());
    EXPECT_EQ(m_cache.size(), 0U) << "what is over leaves the memory";
}

TEST_P(Cache, ThreadsFindEndAndWriteAtOnce)
{
    std::vector<store::TokenHash> hashes;
    for (std::uint8_t n = 1; n <= 24; ++n) hashes.push_back(open(n));
    poll();
    std::atomic<int> wrong = 0;
    test::in_parallel(6, [&](int n) {
        for (int round = 0; round < 15; ++round) {
            for (const auto& hash : hashes) {
                const auto facts = find(hash);
                if (facts && facts->account != m_ada.id) ++wrong;
            }
            const auto& mine = hashes[static_cast<std::size_t>(n * 4 + round % 4)];
            if (n % 2 == 0) {
                end(mine);
                m_cache.forget(mine);
                if (m_cache.find_quickly(mine)) ++wrong;
            } else if (n == 1) {
                sync_wait(m_cache.write_last_seen());
            } else if (n == 3) {
                poll();
            } else {
                m_w.clock.advance(Duration{1});
                static_cast<void>(m_cache.size());
            }
        }
    });
    EXPECT_EQ(wrong, 0);
    poll();
    for (int n = 0; n < 6; ++n)
        for (int i = 0; i < 4; ++i) {
            const auto& hash = hashes[static_cast<std::size_t>(n * 4 + i)];
            EXPECT_EQ(find(hash).has_value(), n % 2 != 0) << n << " " << i;
            EXPECT_EQ(m_cache.find_quickly(hash).has_value(), n % 2 != 0);
        }
}

}  // namespace
}  // namespace sallyport::access
