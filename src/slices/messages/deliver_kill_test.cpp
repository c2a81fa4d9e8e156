#include "crypto/key_file.h"
#include "db/open.h"
#include "slices/messages/deliver.h"
#include "slices/messages/outbox_fixture.h"
#include "support/child.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <unistd.h>

namespace sallyport::messages {
namespace {

using messages::test::render;
using messages::test::RowKeys;
using messages::test::sender;
using messages::test::SetClock;
using messages::test::start_of_test;
using ports::MailOutcome;
using ports::MailResult;

// What a killed process leaves behind: the test below starts this program again and again with one database,
// and kills it at any moment. The relay is a file; a line in it is an accepted message.
class FileRelay final : public ports::Mailer {
public:
    explicit FileRelay(const char* path)
        : m_file(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600))
    {
    }
    Task<MailResult> send(ports::OutgoingMail mail) override
    {
        const std::string line = mail.message_id + "\n";
        CHECK(::write(m_file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
        co_return MailResult{MailOutcome::accepted, ""};
    }

private:
    int m_file;
};

TEST(OutboxKilled, DISABLED_TheProcessThatIsKilled)
{
    const char* const location = std::getenv("SALLYPORT_KILLED_DATABASE");
    ASSERT_NE(location, nullptr) << "started by OutboxKilled.LosesNothing";
    const auto ring = crypto::KeyRing::load(std::getenv("SALLYPORT_KILLED_KEYS"));
    ASSERT_TRUE(ring.has_value());
    const RowKeys row_keys(*ring);
    const SetClock clock(from_unix_ms(std::stoll(std::getenv("SALLYPORT_KILLED_NOW"))));
    const auto database = db::open(*db::parse_location(location));
    FileRelay relay(std::getenv("SALLYPORT_KILLED_RELAY"));
    const Deliverer deliverer(*database, row_keys.keys, clock, relay, render, sender());
    char ended = 0;
    (void)!::read(STDIN_FILENO, &ended, 1);
}

constexpr std::size_t rows = 400;

/// The Message-IDs of what the outbox owes.
std::set<std::string> fill_outbox(db::Database& database, const store::Keys& keys, crypto::TestRandom& random)
{
    std::vector<OutboxId> ids;
    auto work = [&](db::Tx& tx) {
        ids.clear();
        for (std::size_t i = 0; i < rows; ++i) {
            std::array<std::uint8_t, 10> bits{};
            random.fill(bits);
            const store::OutboxMail row{OutboxId(make_uuid_v7(start_of_test, bits)),
                                        std::nullopt,
                                        "E10",
                                        "ada@mail.example",
                                        "en",
                                        {{"code", "123456"}}};
            store::put_mail(tx, keys, row, store::MailPriority::security, start_of_test);
            ids.push_back(row.id);
        }
    };
    sync_wait(database.transact(work));
    std::set<std::string> expected;
    for (const OutboxId& id : ids) expected.insert(test::message_id_of(database, keys, id));
    return expected;
}

std::uintmax_t size_of(const std::string& file)
{
    std::error_code missing;
    const auto size = std::filesystem::file_size(file, missing);
    return missing ? 0 : size;
}

TEST(OutboxKilled, LosesNothing)
{
    const sallyport::test::TemporaryFolder folder;
    const std::string keys = (folder.path() / "keys").string();
    const std::string relay = (folder.path() / "relay").string();
    const std::string location = "sqlite:" + (folder.path() / "data.sqlite").string();
    crypto::TestRandom random;
    const auto ring = crypto::KeyRing::create(keys, random);
    ASSERT_TRUE(ring.has_value());
    const RowKeys row_keys(*ring);
    const auto database = db::open(*db::parse_location(location));
    const std::set<std::string> expected = fill_outbox(*database, row_keys.keys, random);
    const auto waiting = [&] {
        return sync_wait(database->read("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'")).integer(0, 0);
    };

    std::mt19937 moments(20261122);
    Instant now = start_of_test;
    int kills = 0;
    while (waiting() > 0) {
        ASSERT_LT(kills, 200);
        sallyport::test::Child killed(
            {"env", "SALLYPORT_KILLED_DATABASE=" + location, "SALLYPORT_KILLED_KEYS=" + keys,
             "SALLYPORT_KILLED_RELAY=" + relay, "SALLYPORT_KILLED_NOW=" + std::to_string(to_unix_ms(now)),
             std::filesystem::read_symlink("/proc/self/exe").string(), "--gtest_also_run_disabled_tests",
             "--gtest_filter=OutboxKilled.DISABLED_TheProcessThatIsKilled"});
        // Counted from its first mail, so that a slow machine kills it in the midst of its work, too.
        const auto before = size_of(relay);
        while (size_of(relay) == before && waiting() > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});  // NOLINT(sleep): polls a condition
        const std::chrono::milliseconds alive(moments() % 40);
        std::this_thread::sleep_for(alive);  // NOLINT(sleep): the moment of its death is what the test varies
        killed.kill(SIGKILL);
        EXPECT_EQ(killed.wait(), 128 + SIGKILL);
        ++kills;
        now += mail_lease;
    }
    std::map<std::string, int> times;
    std::ifstream file(relay);
    for (std::string line; std::getline(file, line);) ++times[line];
    EXPECT_EQ(times.size(), rows);
    int twice = 0;
    for (const auto& [id, count] : times) {
        EXPECT_TRUE(expected.contains(id));
        if (count > 1) ++twice;
    }
    // A kill between the relay's answer and our commit repeats what was in flight, and no more than that.
    EXPECT_LE(twice, kills * static_cast<int>(outbox_in_flight_max));
    EXPECT_GT(kills, 1);
}

}  // namespace
}  // namespace sallyport::messages
