#include "crypto/password_pool.h"

#include "base/log.h"
#include "crypto/sodium_start.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace sallyport::crypto {

namespace {

constexpr unsigned workers_max = 64;
constexpr std::int64_t retry_seconds_max = 30;
constexpr double smoothing = 0.1;

void lower_priority(int nice_level) noexcept
{
    // Linux keeps niceness by thread. Where it is refused, hashing competes with the loops: slower, not
    // wrong.
    const auto thread = static_cast<id_t>(::gettid());
    ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + nice_level);
}

}  // namespace

PasswordPool::PasswordPool(PoolOptions options, RandomSource random, std::function<Instant()> now)
    : m_options(options), m_random(std::move(random)), m_now(std::move(now))
{
    CHECK(m_options.workers >= 1 && m_options.workers <= workers_max && m_options.queue_max >= 1);
    start_sodium();
    try {
        for (unsigned i = 0; i < m_options.workers; ++i) m_threads.emplace_back([this] { work(); });
    } catch (...) {
        stop();
        throw;
    }
}

PasswordPool::~PasswordPool() { stop(); }

void PasswordPool::stop()
{
    std::deque<Job> waiting;
    {
        const Lock lock(m_mutex);
        m_stopping = true;
        waiting.swap(m_queue);
    }
    m_wake.notify_all();
    for (const Job& job : waiting) refuse(job, 1);
    for (std::thread& thread : m_threads) thread.join();
    m_threads.clear();
}

void PasswordPool::refuse(const Job& job, std::int64_t wait_seconds)
{
    ++m_busy_answers;
    job.refuse(wait_seconds);
}

void PasswordPool::submit(Job job)
{
    std::int64_t wait_seconds = 0;
    {
        const Lock lock(m_mutex);
        if (m_stopping || m_queue.size() >= m_options.queue_max) {
            wait_seconds = retry_after();
        } else {
            m_queue.push_back(std::move(job));
        }
    }
    if (wait_seconds > 0) {
        refuse(job, wait_seconds);
    } else {
        m_wake.notify_one();
    }
}

std::optional<std::int64_t> PasswordPool::refuse_when_full()
{
    const Lock lock(m_mutex);
    if (m_queue.size() < m_options.queue_max) return std::nullopt;
    ++m_busy_answers;
    return retry_after();
}

/// How long the queue takes to empty, in whole seconds from 1 to 30.
std::int64_t PasswordPool::retry_after() const
{
    const double ms = m_job_ms * static_cast<double>(m_queue.size() + 1) / m_options.workers;
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(ms / 1000.0)), 1, retry_seconds_max);
}

void PasswordPool::work()
{
    lower_priority(m_options.nice_level);
    for (;;) {
        Job job;
        std::int64_t wait_seconds = 0;
        {
            const Lock lock(m_mutex);
            while (m_queue.empty() && !m_stopping) m_wake.wait(m_mutex);
            if (m_queue.empty()) return;
            job = std::move(m_queue.front());
            m_queue.pop_front();
            wait_seconds = retry_after();
        }
        const Instant begun = m_now();
        if (begun - job.queued_at > m_options.queued_max) {
            refuse(job, wait_seconds);
            continue;
        }
        job.run();
        const double took_ms = static_cast<double>((m_now() - begun).count());
        const Lock lock(m_mutex);
        m_job_ms += smoothing * (std::clamp(took_ms, 0.0, 10'000.0) - m_job_ms);
    }
}

std::size_t PasswordPool::queue_length() const
{
    const Lock lock(m_mutex);
    return m_queue.size();
}

void PasswordPool::must_fit(HashParameters parameters) const
{
    if (parameters.memory_kib > m_options.memory_kib_max) {
        throw Unavailable("a password hash needs " + std::to_string(parameters.memory_kib) +
                          " KiB, more than the hash pool may use for one");
    }
}

PoolOutcome PasswordPool::compare(const HashInput& input, const std::optional<std::string>& phc,
                                  HashParameters dearest_stored)
{
    ++m_hashes_run;
    const auto stored = phc ? PasswordHash::parse(*phc) : std::nullopt;
    if (phc && !stored) log::write(log::Level::error, "password_hash_unreadable");
    std::uint64_t spent = 0;
    if (stored) {
        must_fit(stored->parameters);
        spent = stored->parameters.work();
        m_work_done += spent;
        if (argon2id_matches(input, *stored)) return PoolOutcome::match;
    }
    if (dearest_stored.work() > spent) {
        m_work_done += dearest_stored.work() - spent;
        argon2id_spend(dearest_stored.work() - spent, dearest_stored.memory_kib);
    }
    return PoolOutcome::mismatch;
}

Task<PoolAnswer> PasswordPool::verify(HashInput input, std::optional<std::string> phc,
                                      HashParameters dearest_stored)
{
    must_fit(dearest_stored);
    CHECK(dearest_stored.is_valid());
    const auto shared_input = std::make_shared<const HashInput>(std::move(input));
    Completion<PoolAnswer> done;
    Job job;
    job.queued_at = m_now();
    job.run = [this, source = done.source(), shared_input, phc = std::move(phc), dearest_stored] {
        try {
            source.value({compare(*shared_input, phc, dearest_stored), 0});
        } catch (...) {
            source.error(std::current_exception());
        }
    };
    job.refuse = [source = done.source()](std::int64_t seconds) {
        source.value({PoolOutcome::busy, seconds});
    };
    submit(std::move(job));
    co_return co_await done;
}

Task<HashAnswer> PasswordPool::hash(HashInput input, HashParameters parameters)
{
    must_fit(parameters);
    CHECK(parameters.is_valid());
    const auto shared_input = std::make_shared<const HashInput>(std::move(input));
    Completion<HashAnswer> done;
    Job job;
    job.queued_at = m_now();
    job.run = [this, source = done.source(), shared_input, parameters] {
        try {
            ++m_hashes_run;
            m_work_done += parameters.work();
            source.value({argon2id(*shared_input, parameters, m_random), 0});
        } catch (...) {
            source.error(std::current_exception());
        }
    };
    job.refuse = [source = done.source()](std::int64_t seconds) { source.value({std::nullopt, seconds}); };
    submit(std::move(job));
    co_return co_await done;
}

}  // namespace sallyport::crypto
