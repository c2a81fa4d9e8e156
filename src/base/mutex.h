#pragma once
// std::mutex with clang's thread-safety words, so that the compiler proves which lock guards what.
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SALLYPORT_TSA(x) __attribute__((x))
#else
#define SALLYPORT_TSA(x)
#endif
#define GUARDED_BY(m) SALLYPORT_TSA(guarded_by(m))
#define REQUIRES(m) SALLYPORT_TSA(requires_capability(m))
#define EXCLUDES(m) SALLYPORT_TSA(locks_excluded(m))

namespace sallyport {

class SALLYPORT_TSA(capability("mutex")) Mutex {
public:
    void lock() SALLYPORT_TSA(acquire_capability()) { m_mutex.lock(); }
    void unlock() SALLYPORT_TSA(release_capability()) { m_mutex.unlock(); }

private:
    std::mutex m_mutex;
};

class SALLYPORT_TSA(scoped_lockable) Lock {
public:
    explicit Lock(Mutex& mutex) SALLYPORT_TSA(acquire_capability(mutex)) : m_mutex(mutex) { m_mutex.lock(); }
    ~Lock() SALLYPORT_TSA(release_capability()) { m_mutex.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    Mutex& m_mutex;
};

/// Waits with the annotated Mutex held; wakes without cause are possible, so call it in a loop on the
/// condition.
class Condition {
public:
    void wait(Mutex& mutex) REQUIRES(mutex) { m_condition.wait(mutex); }
    template <class Rep, class Period>
    void wait_for(Mutex& mutex, std::chrono::duration<Rep, Period> limit) REQUIRES(mutex)
    {
        m_condition.wait_for(mutex, limit);
    }
    void notify_one() noexcept { m_condition.notify_one(); }
    void notify_all() noexcept { m_condition.notify_all(); }

private:
    std::condition_variable_any m_condition;
};

}  // namespace sallyport
