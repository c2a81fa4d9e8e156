#pragma once
// Task<T>: a lazy coroutine, started by the one that awaits it. No Asio here: whoever runs coroutines (an
// event loop, a test) is a Scheduler, and work done on other threads comes back through a Completion to the
// scheduler that waits.
#include "base/check.h"
#include "base/mutex.h"

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace sallyport {

/// Runs coroutines, one at a time, on a thread of its own.
class Scheduler {
public:
    virtual ~Scheduler() = default;
    /// Resumes `handle` on the scheduler's thread, later. Callable from any thread.
    virtual void post(std::coroutine_handle<> handle) = 0;
    /// The scheduler whose thread this is; null on any other thread.
    static Scheduler* current() noexcept { return t_current; }

    /// Marks this thread as the scheduler's for the life of the object.
    class Here {
    public:
        explicit Here(Scheduler& scheduler) noexcept : m_before(std::exchange(t_current, &scheduler)) {}
        ~Here() { t_current = m_before; }
        Here(const Here&) = delete;
        Here& operator=(const Here&) = delete;

    private:
        Scheduler* m_before;
    };

private:
    static thread_local Scheduler* t_current;
};

template <class T>
class Task;

namespace detail {

struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) const noexcept
    {
        const auto next = finished.promise().m_continuation;
        return next ? next : std::coroutine_handle<>(std::noop_coroutine());
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    std::coroutine_handle<> m_continuation;
};

template <class T>
struct Promise : PromiseBase {
    Task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& value)
    {
        m_outcome.template emplace<1>(std::forward<U>(value));
    }
    void unhandled_exception() noexcept { m_outcome.template emplace<2>(std::current_exception()); }
    T take()
    {
        if (m_outcome.index() == 2) std::rethrow_exception(std::get<2>(m_outcome));
        return std::move(std::get<1>(m_outcome));
    }
    std::variant<std::monostate, T, std::exception_ptr> m_outcome;
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { m_error = std::current_exception(); }
    void take() const
    {
        if (m_error) std::rethrow_exception(m_error);
    }
    std::exception_ptr m_error;
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) noexcept : m_handle(handle) {}
    Task(Task&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Task& operator=(Task&&) = delete;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task()
    {
        if (m_handle) m_handle.destroy();
    }

    auto operator co_await() const noexcept
    {
        struct Awaiter {
            Handle m_handle;
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) const noexcept
            {
                m_handle.promise().m_continuation = waiting;
                return m_handle;
            }
            T await_resume() const { return m_handle.promise().take(); }
        };
        return Awaiter{m_handle};
    }

private:
    Handle m_handle;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept
{
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept
{
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace detail

/// The answer of another thread, awaited once. The awaiting coroutine goes on where it was: on its own
/// scheduler. T is a value; for work that only finishes, use std::monostate.
template <class T>
class Completion {
public:
    /// What the other thread holds. Exactly one of the two calls, once.
    class Source {
    public:
        void value(T value) const { finish(Outcome(std::in_place_index<1>, std::move(value))); }
        void error(std::exception_ptr error) const
        {
            finish(Outcome(std::in_place_index<2>, std::move(error)));
        }

    private:
        friend class Completion;
        using Outcome = std::variant<std::monostate, T, std::exception_ptr>;
        struct Shared {
            Mutex mutex;
            Outcome outcome GUARDED_BY(mutex);
            std::coroutine_handle<> waiting GUARDED_BY(mutex);
            Scheduler* scheduler GUARDED_BY(mutex) = nullptr;
        };
        explicit Source(std::shared_ptr<Shared> shared) : m_shared(std::move(shared)) {}
        void finish(Outcome outcome) const
        {
            std::coroutine_handle<> waiting;
            Scheduler* scheduler = nullptr;
            {
                const Lock lock(m_shared->mutex);
                m_shared->outcome = std::move(outcome);
                waiting = m_shared->waiting;
                scheduler = m_shared->scheduler;
            }
            if (waiting) scheduler->post(waiting);
        }
        std::shared_ptr<Shared> m_shared;
    };

    Completion() : m_shared(std::make_shared<typename Source::Shared>()) {}
    [[nodiscard]] Source source() const { return Source(m_shared); }

    bool await_ready() const
    {
        const Lock lock(m_shared->mutex);
        return m_shared->outcome.index() != 0;
    }
    bool await_suspend(std::coroutine_handle<> waiting) const
    {
        CHECK(Scheduler::current() != nullptr);
        const Lock lock(m_shared->mutex);
        if (m_shared->outcome.index() != 0) return false;
        m_shared->waiting = waiting;
        m_shared->scheduler = Scheduler::current();
        return true;
    }
    T await_resume() const
    {
        const Lock lock(m_shared->mutex);
        if (m_shared->outcome.index() == 2) std::rethrow_exception(std::get<2>(m_shared->outcome));
        return std::move(std::get<1>(m_shared->outcome));
    }

private:
    std::shared_ptr<typename Source::Shared> m_shared;
};

/// Starts a task that nobody awaits; `done` runs on the same scheduler with the task's error, or null. The
/// caller's thread must be a scheduler's (Scheduler::current()).
void start_detached(Task<void> task, std::function<void(std::exception_ptr)> done);

/// Runs a task to its end on the calling thread, which becomes a scheduler for that time. For tests and the
/// command line, never on an event loop.
namespace detail {
void run_to_end(Task<void> task);
template <class T>
Task<void> store_result(Task<T> task, std::optional<T>& result)
{
    T value = co_await task;
    result.emplace(std::move(value));
}
}  // namespace detail

inline void sync_wait(Task<void> task) { detail::run_to_end(std::move(task)); }

template <class T>
T sync_wait(Task<T> task)
{
    std::optional<T> result;
    detail::run_to_end(detail::store_result(std::move(task), result));
    return std::move(*result);
}

}  // namespace sallyport
