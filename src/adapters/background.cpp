#include "adapters/background.h"

#include "base/log.h"

#include <algorithm>

namespace sallyport::adapters {

Background::~Background() { stop(); }

std::size_t Background::every(std::string name, Duration pause, std::function<Task<void>()> task)
{
    const Lock lock(m_mutex);
    m_jobs.push_back({std::move(name), pause, std::move(task), {}, false, false});
    return m_jobs.size() - 1;
}

void Background::start()
{
    m_thread = std::thread([this] { run(); });
}

void Background::stop()
{
    {
        const Lock lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
}

void Background::wake(std::size_t task)
{
    const Lock lock(m_mutex);
    m_jobs.at(task).wanted = true;
    m_wake.notify_one();
}

void Background::post(std::coroutine_handle<> handle)
{
    const Lock lock(m_mutex);
    m_ready.push_back(handle);
    m_wake.notify_one();
}

bool Background::idle() const { return m_ready.empty() && std::ranges::none_of(m_jobs, &Job::running); }

void Background::start_due()
{
    std::vector<std::size_t> due;
    {
        const Lock lock(m_mutex);
        if (m_stopping) return;
        const auto now = Steady::now();
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            Job& job = m_jobs[i];
            if (job.running || !(job.wanted || job.due <= now)) continue;
            job.running = true;
            job.wanted = false;
            due.push_back(i);
        }
    }
    for (const std::size_t i : due) {
        std::function<Task<void>()> make;
        {
            const Lock lock(m_mutex);
            make = m_jobs[i].make;
        }
        start_detached(make(), [this, i](std::exception_ptr error) { finished(i, std::move(error)); });
    }
}

void Background::finished(std::size_t job, std::exception_ptr error)
{
    std::string name;
    {
        const Lock lock(m_mutex);
        m_jobs[job].running = false;
        m_jobs[job].due = Steady::now() + m_jobs[job].pause;
        name = m_jobs[job].name;
    }
    try {
        if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
        log::write(log::Level::error, "background_task_failed", {{"task", name}, {"why", failure.what()}});
    }
}

void Background::run()
{
    const Scheduler::Here here(*this);
    for (;;) {
        start_due();
        std::coroutine_handle<> next;
        {
            const Lock lock(m_mutex);
            if (m_stopping && idle()) return;
            if (m_ready.empty()) {
                const auto now = Steady::now();
                Steady::duration pause = std::chrono::hours{1};
                for (const Job& job : m_jobs)
                    if (!job.running && !m_stopping)
                        pause = std::min(pause, job.wanted ? Steady::duration{} : job.due - now);
                if (pause > Steady::duration{}) m_wake.wait_for(m_mutex, pause);
            }
            if (m_ready.empty()) continue;
            next = m_ready.front();
            m_ready.pop_front();
        }
        next.resume();
    }
}

}  // namespace sallyport::adapters
