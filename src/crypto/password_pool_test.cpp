#include "crypto/password_pool.h"

#include "crypto/test_random.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <latch>

namespace sallyport::crypto {
namespace {

constexpr HashParameters cheap{.memory_kib = 64, .passes = 1};
constexpr HashParameters dear{.memory_kib = 1024, .passes = 3};

HashInput input(std::string_view text) { return {Secret::from_text(text)}; }

/// The pool calls it from several threads.
class LockedRandom {
public:
    void fill(std::span<std::uint8_t> out)
    {
        const Lock lock(m_mutex);
        m_random.fill(out);
    }

private:
    Mutex m_mutex;
    TestRandom m_random;
};

class Pool : public testing::Test {
protected:
    std::function<Instant()> clock()
    {
        return [this] { return from_unix_ms(m_now_ms.load()); };
    }
    std::string phc_of(std::string_view text, HashParameters parameters)
    {
        return argon2id(input(text), parameters, m_random);
    }
    LockedRandom m_random;
    std::atomic<std::int64_t> m_now_ms{1'000'000};
};

TEST_F(Pool, HashesAndVerifies)
{
    PasswordPool pool({}, m_random, clock());
    const HashAnswer hashed = sync_wait(pool.hash(input("horse"), cheap));
    ASSERT_TRUE(hashed.phc.has_value());
    EXPECT_EQ(sync_wait(pool.verify(input("horse"), hashed.phc, cheap)).outcome, PoolOutcome::match);
    EXPECT_EQ(sync_wait(pool.verify(input("house"), hashed.phc, cheap)).outcome, PoolOutcome::mismatch);
    EXPECT_EQ(sync_wait(pool.verify(input("horse"), std::nullopt, cheap)).outcome, PoolOutcome::mismatch);
    EXPECT_EQ(sync_wait(pool.verify(input("horse"), "no hash at all", cheap)).outcome, PoolOutcome::mismatch);
    EXPECT_EQ(pool.hashes_run(), 5U);
    EXPECT_EQ(pool.memory_budget_kib(), 2U * 65'536U);
}

TEST_F(Pool, EveryFailureCostsTheDearestParameters)
{
    const std::string cheap_phc = phc_of("horse", cheap);
    const std::string dear_phc = phc_of("horse", dear);
    PasswordPool pool({}, m_random, clock());
    const auto cost = [&](const char* password, std::optional<std::string> phc) {
        const auto work = pool.work_done();
        const auto hashes = pool.hashes_run();
        sync_wait(pool.verify(input(password), std::move(phc), dear));
        EXPECT_EQ(pool.hashes_run(), hashes + 1);
        return pool.work_done() - work;
    };
    EXPECT_EQ(cost("wrong", cheap_phc), dear.work());
    EXPECT_EQ(cost("wrong", dear_phc), dear.work());
    EXPECT_EQ(cost("wrong", std::nullopt), dear.work());
    EXPECT_EQ(cost("wrong", "unreadable"), dear.work());
    EXPECT_EQ(cost("horse", cheap_phc), cheap.work());
}

TEST_F(Pool, RefusesHashesAboveItsBudget)
{
    PasswordPool pool({.memory_kib_max = 512}, m_random, clock());
    EXPECT_THROW(sync_wait(pool.hash(input("x"), dear)), Unavailable);
    EXPECT_THROW(sync_wait(pool.verify(input("x"), std::nullopt, dear)), Unavailable);
    EXPECT_THROW(sync_wait(pool.verify(input("x"), phc_of("x", dear), cheap)), Unavailable);
    EXPECT_EQ(sync_wait(pool.verify(input("x"), phc_of("x", cheap), cheap)).outcome, PoolOutcome::match);
}

/// A random source that holds whoever asks until it is let go: a worker that is surely busy.
class Gate {
public:
    void fill(std::span<std::uint8_t> out)
    {
        std::ranges::fill(out, std::uint8_t{7});
        const Lock lock(m_mutex);
        ++m_inside;
        m_changed.notify_all();
        while (!m_open) m_changed.wait(m_mutex);
    }
    void wait_for_inside(int count)
    {
        const Lock lock(m_mutex);
        while (m_inside < count) m_changed.wait(m_mutex);
    }
    void open()
    {
        const Lock lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }

private:
    Mutex m_mutex;
    Condition m_changed;
    int m_inside GUARDED_BY(m_mutex) = 0;
    bool m_open GUARDED_BY(m_mutex) = false;
};

struct Tally {
    std::atomic<int> done{0}, busy{0};
};

Task<void> one_hash(PasswordPool& pool, Tally& tally)
{
    HashInput what = input("x");
    const HashAnswer answer = co_await pool.hash(std::move(what), cheap);
    if (answer.phc) {
        ++tally.done;
    } else {
        ++tally.busy;
        EXPECT_GE(answer.retry_after_seconds, 1);
        EXPECT_LE(answer.retry_after_seconds, 30);
    }
}

TEST_F(Pool, AnswersBusyAtOnceWhenTheQueueIsFull)
{
    Gate gate;
    Tally tally;
    std::vector<std::thread> callers;
    {
        PasswordPool pool({.workers = 2, .queue_max = 3}, gate, clock());
        EXPECT_EQ(pool.refuse_when_full(), std::nullopt);
        const auto call = [&] { callers.emplace_back([&] { sync_wait(one_hash(pool, tally)); }); };
        call();
        call();
        gate.wait_for_inside(2);  // both workers are held
        for (int i = 0; i < 3; ++i) call();
        while (pool.queue_length() < 3) std::this_thread::yield();
        for (int i = 0; i < 20; ++i)
            sync_wait(one_hash(pool, tally));  // on this thread: they return though nothing moves
        EXPECT_EQ(tally.busy.load(), 20);
        EXPECT_EQ(tally.done.load(), 0);
        EXPECT_EQ(pool.hashes_run(), 2U);
        EXPECT_EQ(pool.busy_answers(), 20U);
        EXPECT_GE(pool.refuse_when_full().value_or(0), 1);
        EXPECT_EQ(pool.busy_answers(), 21U);
        gate.open();
        for (std::thread& caller : callers) caller.join();
    }
    EXPECT_EQ(tally.done.load(), 5);
    EXPECT_EQ(tally.busy.load(), 20);
}

TEST_F(Pool, WhatWaitedTooLongIsNotHashed)
{
    Gate gate;
    Tally tally;
    PasswordPool pool({.workers = 1, .queue_max = 8, .queued_max = std::chrono::seconds(5)}, gate, clock());
    std::vector<std::thread> callers;
    const auto call = [&] { callers.emplace_back([&] { sync_wait(one_hash(pool, tally)); }); };
    call();
    gate.wait_for_inside(1);
    for (int i = 0; i < 4; ++i) call();
    while (pool.queue_length() < 4) std::this_thread::yield();
    m_now_ms += 5'001;
    gate.open();
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(tally.done.load(), 1);
    EXPECT_EQ(tally.busy.load(), 4);
    EXPECT_EQ(pool.hashes_run(), 1U);
}

TEST_F(Pool, AnswersEveryoneWhenItEnds)
{
    Gate gate;
    Tally tally;
    auto pool = std::make_unique<PasswordPool>(PoolOptions{.workers = 1, .queue_max = 8}, gate, clock());
    std::vector<std::thread> callers;
    const auto call = [&] { callers.emplace_back([&] { sync_wait(one_hash(*pool, tally)); }); };
    call();
    gate.wait_for_inside(1);
    for (int i = 0; i < 4; ++i) call();
    while (pool->queue_length() < 4) std::this_thread::yield();
    std::thread ender([&] { pool.reset(); });
    while (tally.busy.load() < 4) std::this_thread::yield();
    gate.open();
    ender.join();
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(tally.done.load(), 1);
    EXPECT_EQ(tally.busy.load(), 4);
}

TEST_F(Pool, LosesNoCompletion)
{
    constexpr int threads = 8;
    constexpr int each = 50;
    PasswordPool pool({.workers = 3, .queue_max = 4}, m_random, clock());
    Tally tally;
    std::latch start(threads);
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t) {
        callers.emplace_back([&] {
            start.arrive_and_wait();
            for (int i = 0; i < each; ++i) sync_wait(one_hash(pool, tally));
        });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(tally.done.load() + tally.busy.load(), threads * each);
    EXPECT_EQ(pool.hashes_run(), static_cast<std::uint64_t>(tally.done.load()));
    EXPECT_EQ(pool.busy_answers(), static_cast<std::uint64_t>(tally.busy.load()));
    EXPECT_GT(tally.done.load(), 0);
}

/// Notes the niceness of the thread that asks for a salt.
class NiceRandom {
public:
    void fill(std::span<std::uint8_t> out)
    {
        std::ranges::fill(out, std::uint8_t{1});
        m_nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    }
    std::atomic<int> m_nice{-1};
};

TEST_F(Pool, WorksAtLowPriority)
{
    const int before = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    NiceRandom random;
    PasswordPool pool({.workers = 1, .nice_level = 7}, random, clock());
    sync_wait(pool.hash(input("x"), cheap));
    EXPECT_EQ(random.m_nice.load(), std::min(before + 7, 19));
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), before);
}

}  // namespace
}  // namespace sallyport::crypto
