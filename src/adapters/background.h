#pragma once
// Background work: one thread that runs tasks again and again, each at its own pace, and waits for them when
// it ends.
#include "base/mutex.h"
#include "base/task.h"
#include "base/time.h"

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::adapters {

class Background final : public Scheduler {
public:
    Background() = default;
    /// Stops and waits: nothing is started any more, what runs is finished.
    ~Background() override;

    /// Before start(). `task` is run at once and then `pause` after its last end; its errors are logged under
    /// `name`. Gives a number for wake().
    std::size_t every(std::string name, Duration pause, std::function<Task<void>()> task);
    void start();
    void stop();
    /// Runs the task now, or again where it is running. Callable from any thread.
    void wake(std::size_t task);

    void post(std::coroutine_handle<> handle) override;

private:
    using Steady = std::chrono::steady_clock;
    struct Job {
        std::string name;
        Duration pause;
        std::function<Task<void>()> make;
        Steady::time_point due{};
        bool running = false;
        bool wanted = false;
    };
    void run();
    void start_due();
    void finished(std::size_t job, std::exception_ptr error);
    [[nodiscard]] bool idle() const REQUIRES(m_mutex);

    Mutex m_mutex;
    Condition m_wake;
    std::deque<std::coroutine_handle<>> m_ready GUARDED_BY(m_mutex);
    std::vector<Job> m_jobs GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::thread m_thread;
};

}  // namespace sallyport::adapters
