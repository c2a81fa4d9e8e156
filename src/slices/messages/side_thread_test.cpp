#include "slices/messages/side_thread.h"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>

namespace sallyport::messages {
namespace {

Task<std::optional<int>> ask(SideThread& side, std::function<int()> work)
{
    co_return co_await side.run<int>(std::move(work));
}

TEST(SideThread, AnswersFromAnotherThread)
{
    SideThread side(1);
    const auto here = std::this_thread::get_id();
    const auto work = [here] { return std::this_thread::get_id() == here ? 0 : 7; };
    EXPECT_EQ(sync_wait(ask(side, work)), 7);
    const auto failing = []() -> int { throw std::runtime_error("no"); };
    EXPECT_THROW((void)sync_wait(ask(side, failing)), std::runtime_error);
    EXPECT_EQ(sync_wait(ask(side, work)), 7) << "it goes on";
}

struct Scene {
    std::latch running{1};
    std::latch go_on{1};
    std::optional<int> first;
    std::optional<int> second;
    std::optional<int> third;
};

Task<void> keep(SideThread& side, std::function<int()> work, std::optional<int>& into)
{
    auto answer = co_await side.run<int>(std::move(work));
    into = answer;
}

Task<void> play(SideThread& side, Scene& scene)
{
    std::function<int()> holding = [&scene] {
        scene.running.count_down();
        scene.go_on.wait();
        return 1;
    };
    Completion<std::monostate> first;
    Completion<std::monostate> second;
    start_detached(keep(side, std::move(holding), scene.first),
                   [done = first.source()](std::exception_ptr) { done.value({}); });
    scene.running.wait();
    start_detached(keep(
                       side, [] { return 2; }, scene.second),
                   [done = second.source()](std::exception_ptr) { done.value({}); });
    std::function<int()> work = [] { return 3; };
    auto third = co_await side.run<int>(std::move(work));
    scene.third = third;
    scene.go_on.count_down();
    co_await first;
    co_await second;
}

TEST(SideThread, RefusesWhatDoesNotFit)
{
    SideThread side(1);
    Scene scene;
    sync_wait(play(side, scene));
    EXPECT_EQ(scene.first, 1);
    EXPECT_EQ(scene.second, 2) << "it had the one place of the queue";
    EXPECT_FALSE(scene.third.has_value());
}

}  // namespace
}  // namespace sallyport::messages
