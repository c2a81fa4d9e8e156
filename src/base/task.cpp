#include "base/task.h"

#include <deque>

namespace sallyport {

thread_local Scheduler* Scheduler::t_current = nullptr;

namespace {

/// A coroutine that owns itself: it starts at once and is freed when it ends.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept
        {
            std::terminate();
        }  // only `done` can throw, and must not
    };
};

Detached run_detached(Task<void> task, std::function<void(std::exception_ptr)> done)
{
    std::exception_ptr error;
    try {
        co_await task;
    } catch (...) {
        error = std::current_exception();
    }
    done(error);
}

class LocalScheduler final : public Scheduler {
public:
    void post(std::coroutine_handle<> handle) override
    {
        const Lock lock(m_mutex);
        m_ready.push_back(handle);
        m_wake.notify_one();  // under the lock: the waiting thread may destroy this object right after it
    }
    void finish()
    {
        const Lock lock(m_mutex);
        m_finished = true;
        m_wake.notify_one();
    }
    void run()
    {
        for (;;) {
            std::coroutine_handle<> next;
            {
                const Lock lock(m_mutex);
                while (m_ready.empty() && !m_finished) m_wake.wait(m_mutex);
                if (m_ready.empty()) return;
                next = m_ready.front();
                m_ready.pop_front();
            }
            next.resume();
        }
    }

private:
    Mutex m_mutex;
    Condition m_wake;
    std::deque<std::coroutine_handle<>> m_ready GUARDED_BY(m_mutex);
    bool m_finished GUARDED_BY(m_mutex) = false;
};

}  // namespace

void start_detached(Task<void> task, std::function<void(std::exception_ptr)> done)
{
    CHECK(Scheduler::current() != nullptr);
    run_detached(std::move(task), std::move(done));
}

namespace detail {

void run_to_end(Task<void> task)
{
    LocalScheduler scheduler;
    const Scheduler::Here here(scheduler);
    std::exception_ptr outcome;
    start_detached(std::move(task), [&](std::exception_ptr error) {
        outcome = std::move(error);
        scheduler.finish();
    });
    scheduler.run();
    if (outcome) std::rethrow_exception(outcome);
}

}  // namespace detail

}  // namespace sallyport
