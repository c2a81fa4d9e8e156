#include "adapters/log_sink.h"
#include "adapters/system_clock.h"
#include "adapters/system_random.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace sallyport::adapters {
namespace {

TEST(SystemClock, TellsTheMachinesTime)
{
    const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const Instant now = SystemClock().now();
    EXPECT_LE(before, now);
    EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(SystemRandom, FillsAnySize)
{
    SystemRandom random;
    random.fill({});
    std::set<Bytes> seen;
    for (int i = 0; i < 100; ++i) seen.insert(random.bytes(16));
    EXPECT_EQ(seen.size(), 100U);
    // One getrandom call gives 256 bytes for sure and may give fewer than asked above that.
    const Bytes large = random.bytes(1'000'000);
    EXPECT_NE(Bytes(large.end() - 64, large.end()), Bytes(64));
}

TEST(LogSink, WritesOneLineAnEventToStandardError)
{
    LogSink sink;
    log::install(&sink);
    testing::internal::CaptureStderr();
    log::write(log::Level::debug, "not_shown");
    log::write(log::Level::warning, "hash_slow", {{"ms", 12}, {"who", "a\nb {} %v"}});
    log::write(log::Level::alarm, "row_forged");
    const std::string text = testing::internal::GetCapturedStderr();
    log::install(nullptr);
    const std::regex expected(
        R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning hash_slow ms="12" who="a\\x0ab \{\} %v"\n)"
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z alarm row_forged\n$)");
    EXPECT_TRUE(std::regex_search(text, expected)) << text;
}

}  // namespace
}  // namespace sallyport::adapters
