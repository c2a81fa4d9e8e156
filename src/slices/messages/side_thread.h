#pragma once
// Work that is too long for an event loop (taking a stranger's mail apart) runs here: one low-priority
// thread, and a queue with a limit.
#include "base/mutex.h"
#include "base/task.h"

#include <deque>
#include <functional>
#include <optional>
#include <thread>

namespace sallyport::messages {

class SideThread {
public:
    explicit SideThread(std::size_t queue_max);
    /// Finishes what runs; what still waits is refused.
    ~SideThread();
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    /// nullopt where the queue is full: nothing was done. What `work` throws is thrown here.
    template <class T>
    Task<std::optional<T>> run(std::function<T()> work)
    {
        Completion<std::optional<T>> done;
        Job job;
        job.run = [source = done.source(), work = std::move(work)] {
            try {
                source.value(work());
            } catch (...) {
                source.error(std::current_exception());
            }
        };
        job.refuse = [source = done.source()] { source.value(std::nullopt); };
        submit(std::move(job));
        co_return co_await done;
    }

private:
    struct Job {
        std::function<void()> run;  // never throws
        std::function<void()> refuse;
    };
    void submit(Job job) EXCLUDES(m_mutex);
    void work() EXCLUDES(m_mutex);

    const std::size_t m_queue_max;
    Mutex m_mutex;
    Condition m_wake;
    std::deque<Job> m_queue GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::thread m_thread;  // last: it uses all of the above
};

}  // namespace sallyport::messages
