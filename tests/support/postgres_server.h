#pragma once
// A PostgreSQL server of the tests' own: a temporary folder, a Unix socket and nothing else, ended with the
// program.
#include <string>
#include <string_view>
#include <sys/types.h>

namespace sallyport::db::test {

class PostgresServer {
public:
    /// Makes the data folder and starts. Throws std::runtime_error with the server's own words.
    PostgresServer();
    /// Stops by process id and removes the folder.
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start();
    /// SIGINT: clients are cut off, what was committed is on the disk (PostgreSQL, section 19.5).
    void stop();
    [[nodiscard]] std::string conninfo(std::string_view database) const;

private:
    std::string m_folder;
    pid_t m_server = -1;
};

/// conninfo of a server for this program: SALLYPORT_TEST_PG where it is set (without dbname), else one that
/// is started at the first call and stopped at the program's end.
std::string shared_postgres(std::string_view database);

/// One statement without an answer; throws std::runtime_error.
void run_on_postgres(const std::string& conninfo, const std::string& statement);

}  // namespace sallyport::db::test
