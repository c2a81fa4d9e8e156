#include "base/task.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport {
namespace {

/// A thread of the test's own, joined when the answer was taken.
Task<int> answer_of_thread(int value)
{
    Completion<int> done;
    const std::jthread worker([source = done.source(), value] { source.value(value); });
    co_return co_await done;
}

Task<int> sum()
{
    const int a = co_await answer_of_thread(20);
    const int b = co_await answer_of_thread(22);
    co_return a + b;
}

Task<int> broken()
{
    Completion<int> done;
    done.source().error(std::make_exception_ptr(Unavailable("gone")));
    co_return co_await done;
}

TEST(Task, GoesOnWhereItWaited) { EXPECT_EQ(sync_wait(sum()), 42); }

TEST(Task, CarriesErrorsToTheOneThatAwaits) { EXPECT_THROW(sync_wait(broken()), Unavailable); }

TEST(Task, ManyCompletionsFromOtherThreads)
{
    for (int i = 0; i < 200; ++i) EXPECT_EQ(sync_wait(answer_of_thread(i)), i);
}

}  // namespace
}  // namespace sallyport
