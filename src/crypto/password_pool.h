#pragma once
// Slow hashes run here and nowhere else: a few low-priority threads, a queue with a limit, and so a bound on
// memory (workers × memory_kib_max) and on what a flood of sign-ins can take from the event loops
// (attacks.md, 25).
#include "base/mutex.h"
#include "base/task.h"
#include "base/time.h"
#include "crypto/password_hash.h"
#include "crypto/random_source.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::crypto {

struct PoolOptions {
    unsigned workers = 2;                           // 1 … 64
    std::size_t queue_max = 64;                     // jobs waiting besides those that run
    Duration queued_max = std::chrono::seconds{5};  // a job that waited longer is answered busy, unhashed
    std::uint32_t memory_kib_max = 65'536;          // for one hash; must cover the dearest parameters in use
    int nice_level = 10;                            // added to the thread's niceness
};

enum class PoolOutcome : std::uint8_t {
    match,
    mismatch,  // also for no stored hash at all, at the same cost
    busy       // nothing was hashed; answer 503 with Retry-After
};
struct PoolAnswer {
    PoolOutcome outcome;
    std::int64_t retry_after_seconds = 0;  // with busy
};
/// The PHC string, or how many seconds to wait.
struct HashAnswer {
    std::optional<std::string> phc;
    std::int64_t retry_after_seconds = 0;
};

class PasswordPool {
public:
    /// `now` measures waiting; `random` gives salts. Both must outlive the pool and be safe on any thread.
    PasswordPool(PoolOptions options, RandomSource random, std::function<Instant()> now);
    /// Answers busy to whatever still waits, finishes what runs.
    ~PasswordPool();
    PasswordPool(const PasswordPool&) = delete;
    PasswordPool& operator=(const PasswordPool&) = delete;

    /// Compares with `phc` (a password's or a recovery code's), or with nothing where the account or code
    /// does not exist. A mismatch costs at least the work of `dearest_stored`, whatever `phc` costs: that is
    /// one counted hash. Throws Unavailable where a hash needs more memory than the pool may use.
    Task<PoolAnswer> verify(HashInput input, std::optional<std::string> phc, HashParameters dearest_stored);
    Task<HashAnswer> hash(HashInput input, HashParameters parameters);
    /// Where the queue is full now: how many seconds to wait, counted as a busy answer. For who would first
    /// write to the database: a flood is turned away before it costs that.
    std::optional<std::int64_t> refuse_when_full() EXCLUDES(m_mutex);

    /// Hashes begun since start: tests compare paths with it.
    [[nodiscard]] std::uint64_t hashes_run() const noexcept { return m_hashes_run.load(); }
    /// KiB filled since start: the cost of those hashes.
    [[nodiscard]] std::uint64_t work_done() const noexcept { return m_work_done.load(); }
    /// Jobs refused or expired since start.
    [[nodiscard]] std::uint64_t busy_answers() const noexcept { return m_busy_answers.load(); }
    [[nodiscard]] std::size_t queue_length() const EXCLUDES(m_mutex);
    [[nodiscard]] std::uint64_t memory_budget_kib() const noexcept
    {
        return std::uint64_t{m_options.workers} * m_options.memory_kib_max;
    }

private:
    struct Job {
        Instant queued_at;
        std::function<void()> run;                 // never throws
        std::function<void(std::int64_t)> refuse;  // with the seconds to wait
    };
    void submit(Job job) EXCLUDES(m_mutex);
    void work() EXCLUDES(m_mutex);
    void stop() EXCLUDES(m_mutex);
    void refuse(const Job& job, std::int64_t wait_seconds);
    void must_fit(HashParameters parameters) const;
    [[nodiscard]] std::int64_t retry_after() const REQUIRES(m_mutex);
    [[nodiscard]] PoolOutcome compare(const HashInput& input, const std::optional<std::string>& phc,
                                      HashParameters dearest_stored);

    PoolOptions m_options;
    RandomSource m_random;
    std::function<Instant()> m_now;
    std::atomic<std::uint64_t> m_hashes_run{0};
    std::atomic<std::uint64_t> m_work_done{0};
    std::atomic<std::uint64_t> m_busy_answers{0};
    mutable Mutex m_mutex;
    Condition m_wake;
    std::deque<Job> m_queue GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    double m_job_ms GUARDED_BY(m_mutex) = 25.0;  // smoothed
    std::vector<std::thread> m_threads;
};

}  // namespace sallyport::crypto
