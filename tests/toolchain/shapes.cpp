// The shapes of co_await that g++ 12 miscompiles, and the three that we write (architecture.md, section 1):
// with the compiler of this project each gives the right answer, and nothing is destroyed twice. Prints what
// went wrong; the last line is `N passed, N failed`. Stands alone, so that it can be tried with any compiler:
//   g++-12 -std=c++20 -fcoroutines -O2 shapes.cpp && ./a.out
#include <coroutine>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace {

int g_alive = 0;

/// Text whose copies are counted, long enough to be on the heap.
struct Text {
    explicit Text(const char* word) : m_text(word) { ++g_alive; }
    Text(const Text& other) : m_text(other.m_text) { ++g_alive; }
    Text(Text&& other) noexcept : m_text(std::move(other.m_text)) { ++g_alive; }
    Text& operator=(const Text&) = default;
    Text& operator=(Text&&) = default;
    ~Text() { --g_alive; }
    std::string m_text;
};

struct Command {
    Text name;
    Text value;
};

const char* const c_long = "a text that is too long for the small buffer of a string";

template <class T>
class Task {
public:
    struct promise_type {
        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept
        {
            struct Awaiter {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept
                {
                    const auto next = done.promise().m_next;
                    return next ? next : std::noop_coroutine();
                }
                void await_resume() noexcept {}
            };
            return Awaiter{};
        }
        void return_value(T value) { m_value.emplace(std::move(value)); }
        void unhandled_exception() { std::terminate(); }
        std::optional<T> m_value;
        std::coroutine_handle<> m_next;
    };

    explicit Task(std::coroutine_handle<promise_type> handle) : m_handle(handle) {}
    Task(Task&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Task(const Task&) = delete;
    ~Task()
    {
        if (m_handle) m_handle.destroy();
    }
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept
    {
        m_handle.promise().m_next = waiting;
        return m_handle;
    }
    T await_resume() { return std::move(*m_handle.promise().m_value); }
    T run()
    {
        m_handle.resume();
        return await_resume();
    }

private:
    std::coroutine_handle<promise_type> m_handle;
};

Task<bool> allowed(bool answer) { co_return answer; }
Task<int> length(Command command) { co_return static_cast<int>(command.name.m_text.size()); }
Task<Text> echo(Text text) { co_return text; }

template <class F>
Task<int> call(F work)
{
    co_return work();
}

// The three legal shapes.
Task<int> legal_declaration()
{
    Command command{Text(c_long), Text("b")};
    auto answer = co_await length(std::move(command));
    co_return answer;
}
Task<int> legal_statement()
{
    Command command{Text(c_long), Text("b")};
    co_await length(command);
    co_return 56;
}
Task<int> legal_return()
{
    Command command{Text(c_long), Text("b")};
    co_return co_await length(std::move(command));
}

// The others.
Task<int> condition(bool answer)
{
    if (co_await allowed(answer)) co_return 1;
    co_return 0;
}
Task<int> negation(bool answer)
{
    if (!co_await allowed(answer)) co_return 1;
    co_return 0;
}
Task<int> conjunction(bool a, bool b)
{
    if (co_await allowed(a) && co_await allowed(b)) co_return 1;
    co_return 0;
}
Task<int> selection(bool answer)
{
    switch (co_await allowed(answer)) {
    case true: co_return 1;
    case false: co_return 0;
    }
    co_return 2;
}
Task<int> loop(bool answer)
{
    while (co_await allowed(answer)) co_return 1;
    co_return 0;
}
Task<int> braces() { co_return co_await length(Command{Text(c_long), Text("b")}); }
Task<int> bare_braces() { co_return co_await length({Text(c_long), Text("b")}); }
Task<int> designated() { co_return co_await length({.name = Text(c_long), .value = Text("b")}); }
Task<int> lambda()
{
    Text text(c_long);
    co_return co_await call([text] { return static_cast<int>(text.m_text.size()); });
}
Task<int> wrapped()
{
    const auto text = Text{co_await echo(Text(c_long))};
    co_return static_cast<int>(text.m_text.size());
}

int g_passed = 0;
int g_failed = 0;

void expect(const char* shape, int answer, int wanted)
{
    const bool good = answer == wanted && g_alive == 0;
    if (!good) std::printf("FAIL %s: %d, wanted %d; %d texts alive\n", shape, answer, wanted, g_alive);
    g_alive = 0;
    ++(good ? g_passed : g_failed);
}

}  // namespace

int main()
{
    expect("auto x = co_await f(names);", legal_declaration().run(), 56);
    expect("co_await f(names);", legal_statement().run(), 56);
    expect("co_return co_await f(names);", legal_return().run(), 56);
    for (const bool answer : {true, false}) {
        expect("if (co_await f(x))", condition(answer).run(), answer ? 1 : 0);
        expect("if (!co_await f(x))", negation(answer).run(), answer ? 0 : 1);
        expect("switch (co_await f(x))", selection(answer).run(), answer ? 1 : 0);
        expect("while (co_await f(x))", loop(answer).run(), answer ? 1 : 0);
        expect("if (co_await f(x) && co_await f(y))", conjunction(true, answer).run(), answer ? 1 : 0);
    }
    expect("co_await f(T{..})", braces().run(), 56);
    expect("co_await f({..})", bare_braces().run(), 56);
    expect("co_await f({.a = ..})", designated().run(), 56);
    expect("co_await f([x]{..})", lambda().run(), 56);
    expect("T{co_await f()}", wrapped().run(), 56);
    std::printf("%d passed, %d failed\n", g_passed, g_failed);
    return g_failed == 0 ? 0 : 1;
}
