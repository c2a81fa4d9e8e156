#include "slices/messages/side_thread.h"

#include <sys/resource.h>
#include <unistd.h>

namespace sallyport::messages {

namespace {

constexpr int nice_level = 10;

void lower_priority() noexcept
{
    // Linux keeps niceness by thread. Where it is refused, it competes with the loops: slower, not wrong.
    const auto thread = static_cast<id_t>(::gettid());
    ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + nice_level);
}

}  // namespace

SideThread::SideThread(std::size_t queue_max) : m_queue_max(queue_max), m_thread([this] { work(); }) {}

SideThread::~SideThread()
{
    std::deque<Job> waiting;
    {
        const Lock lock(m_mutex);
        m_stopping = true;
        waiting.swap(m_queue);
    }
    m_wake.notify_all();
    for (const Job& job : waiting) job.refuse();
    m_thread.join();
}

void SideThread::submit(Job job)
{
    bool refused = false;
    {
        const Lock lock(m_mutex);
        refused = m_stopping || m_queue.size() >= m_queue_max;
        if (!refused) m_queue.push_back(std::move(job));
    }
    if (refused)
        job.refuse();
    else
        m_wake.notify_one();
}

void SideThread::work()
{
    lower_priority();
    for (;;) {
        Job job;
        {
            const Lock lock(m_mutex);
            while (m_queue.empty() && !m_stopping) m_wake.wait(m_mutex);
            if (m_queue.empty()) return;
            job = std::move(m_queue.front());
            m_queue.pop_front();
        }
        job.run();
    }
}

}  // namespace sallyport::messages
