// kill -9 in the middle of commits: what was acknowledged is there, whole, and nothing else is.
#include "support/engines.h"

#include "base/check.h"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <set>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sallyport::db {
namespace {

constexpr Migration tables{1, "0001_test", R"(
CREATE TABLE left_half (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL);
CREATE TABLE right_half (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL);
)"};
constexpr const char* location_variable = "SALLYPORT_CRASH_LOCATION";
constexpr int writers = 24;
constexpr int acknowledgements_wanted = 300;

class Crash : public testing::TestWithParam<test::Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, Crash, testing::ValuesIn(test::engines()),
                         [](const auto& info) { return info.param.name; });

/// Writes one whole line to the pipe; short lines are not torn (POSIX, write(2), PIPE_BUF).
void say(char what, std::int64_t id)
{
    const std::string line = what + std::to_string(id) + "\n";
    if (::write(3, line.data(), line.size()) < 0) std::exit(1);
}

/// Not a test of its own: the process that the tests below start and kill.
TEST(CrashChild, DISABLED_WritesUntilItIsKilled)
{
    const char* const where = std::getenv(location_variable);
    ASSERT_NE(where, nullptr);
    const auto database = test::open_for_test(*parse_location(where), std::span(&tables, 1));
    std::vector<std::jthread> running;
    for (int writer = 0; writer < writers; ++writer) {
        running.emplace_back([&database, writer] {
            for (std::int64_t id = writer;; id += writers) {
                say('t', id);
                sync_wait(database->transact([id](Tx& tx) {
                    tx.execute("INSERT INTO left_half (id, amount) VALUES ($1, $2)", id, id * 3);
                    tx.execute("INSERT INTO right_half (id, amount) VALUES ($1, $2)", id, -id * 3);
                }));
                say('a', id);
            }
        });
    }
}

struct Said {
    std::set<std::int64_t> tried;
    std::set<std::int64_t> acknowledged;
};

/// Runs the child until it has acknowledged enough, kills it, and reads what else it had said by then.
Said run_and_kill(const std::string& location)
{
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
    ::setenv(location_variable, location.c_str(), 1);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, ends[1], 3);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    std::array<std::string, 3> words{"test_db", "--gtest_filter=CrashChild.*",
                                     "--gtest_also_run_disabled_tests"};
    const std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
    pid_t child = -1;
    const int error = ::posix_spawn(&child, "/proc/self/exe", &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::runtime_error("posix_spawn failed");
    ::close(ends[1]);
    Said said;
    std::string line;
    char byte = 0;
    bool killed = false;
    while (::read(ends[0], &byte, 1) == 1) {
        if (byte != '\n') {
            line += byte;
            continue;
        }
        (line.front() == 't' ? said.tried : said.acknowledged).insert(std::stoll(line.substr(1)));
        line.clear();
        if (!killed && said.acknowledged.size() >= acknowledgements_wanted)
            killed = ::kill(child, SIGKILL) == 0;
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(killed);
    return said;
}

TEST_P(Crash, KillInTheMiddleOfCommitsLosesNothingAndInventsNothing)
{
    auto fresh = GetParam().make(std::span(&tables, 1));
    const auto& location = fresh.location();
    const std::string scheme = location.engine == Engine::sqlite ? "sqlite:" : "postgres:";
    const Said said = run_and_kill(scheme + location.target);
    ASSERT_GE(said.acknowledged.size(), static_cast<std::size_t>(acknowledgements_wanted));

    // A transaction takes the place of the dead one's last words: PostgreSQL may still be finishing them.
    const auto rows = sync_wait(fresh.database().transact([](Tx& tx) {
        return tx.query("SELECT l.id, l.amount, r.amount FROM left_half l JOIN right_half r ON r.id = l.id");
    }));
    std::set<std::int64_t> found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        found.insert(rows.integer(i, 0));
        EXPECT_EQ(rows.integer(i, 1), rows.integer(i, 0) * 3);
        EXPECT_EQ(rows.integer(i, 2), -rows.integer(i, 1));
        EXPECT_TRUE(said.tried.contains(rows.integer(i, 0)));
    }
    for (const auto id : said.acknowledged) EXPECT_TRUE(found.contains(id)) << id;
    const auto halves =
        sync_wait(fresh.database().read("SELECT COUNT(*) FROM left_half l FULL JOIN right_half r ON r.id = "
                                        "l.id WHERE l.id IS NULL OR r.id IS NULL"));
    EXPECT_EQ(halves.integer(0, 0), 0);
}

}  // namespace
}  // namespace sallyport::db
