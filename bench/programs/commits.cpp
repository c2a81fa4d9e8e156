// Durable commits of one row, by 64 writers at once: in groups as the server does, and one by one.
//     commits FOLDER SECONDS
// prints "grouped RATE" and "one_by_one RATE".
#include "db/sqlite/sqlite.h"

#include <atomic>
#include <iostream>
#include <semaphore>
#include <span>
#include <string>

namespace {

using namespace sallyport;

constexpr std::int64_t writers = 64;
constexpr db::Migration entries{
    1, "0001_entries",
    "CREATE TABLE entries (id BIGINT PRIMARY KEY, writer BIGINT NOT NULL, body TEXT NOT NULL);\n"};

/// Each writer sends its next transaction when its last one is durable.
class Writers {
public:
    Writers(db::Database& database, std::chrono::steady_clock::time_point end)
        : m_database(database), m_end(end)
    {
    }

    std::int64_t run()
    {
        for (std::int64_t writer = 0; writer < writers; ++writer) send(writer);
        for (std::int64_t writer = 0; writer < writers; ++writer) m_finished.acquire();
        if (m_failed.load()) throw std::runtime_error("a commit failed");
        return m_committed.load();
    }

private:
    void send(std::int64_t writer)
    {
        const std::int64_t id = m_next.fetch_add(1);
        auto work = [id, writer](db::Tx& tx) {
            tx.execute("INSERT INTO entries (id, writer, body) VALUES ($1, $2, $3)", id, writer,
                       std::string_view(
                           "what one event of an account takes: about one hundred bytes of text in a row, "
                           "give or take"));
        };
        m_database.submit(work, [this, writer](std::exception_ptr error) {
            if (error)
                m_failed.store(true);
            else
                m_committed.fetch_add(1);
            if (error || std::chrono::steady_clock::now() >= m_end)
                m_finished.release();
            else
                send(writer);
        });
    }

    db::Database& m_database;
    std::chrono::steady_clock::time_point m_end;
    std::atomic<std::int64_t> m_next{1};
    std::atomic<std::int64_t> m_committed{0};
    std::atomic<bool> m_failed{false};
    std::counting_semaphore<writers> m_finished{0};
};

double commits_a_second(const std::string& path, std::size_t group_max, std::chrono::seconds length)
{
    db::sqlite::Options options;
    options.path = path;
    options.group_max = group_max;
    options.migrations = std::span(&entries, 1);
    const auto database = db::sqlite::open(options);
    const auto begun = std::chrono::steady_clock::now();
    const std::int64_t committed = Writers(*database, begun + length).run();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
    return static_cast<double>(committed) / taken.count();
}

}  // namespace

int main(int count, char** arguments)
{
    if (count != 3) return 2;
    try {
        const std::string folder = arguments[1];
        const std::chrono::seconds length(std::stoi(arguments[2]));
        std::cout << "one_by_one " << commits_a_second(folder + "/one.db", 1, length) << '\n';
        std::cout << "grouped " << commits_a_second(folder + "/grouped.db", 128, length) << '\n';
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
