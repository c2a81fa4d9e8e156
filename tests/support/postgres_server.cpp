#include "support/postgres_server.h"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <libpq-fe.h>
#include <memory>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sallyport::db::test {
namespace {

constexpr const char* server_binaries = "/usr/lib/postgresql/15/bin/";
constexpr const char* superuser = "sallyport";
constexpr int start_checks_max = 600;
constexpr std::chrono::milliseconds start_check_pause{50};

/// Who the server runs as: it refuses root.
std::string server_user()
{
    for (const char* name : {"postgres", "nobody"}) {
        if (::getpwnam(name) != nullptr) return name;
    }
    throw std::runtime_error("neither postgres nor nobody is a user of this machine");
}

/// The child dies with this program (--pdeathsig survives the change of user), whatever end that takes.
pid_t spawn(std::vector<std::string> command, const std::string& log_path)
{
    std::vector<std::string> words{"setpriv", "--pdeathsig", "INT"};
    if (::geteuid() == 0) {
        const std::string user = server_user();
        words.insert(words.end(), {"--reuid", user, "--regid",
                                   std::to_string(::getpwnam(user.c_str())->pw_gid), "--clear-groups"});
    }
    words.insert(words.end(), std::make_move_iterator(command.begin()),
                 std::make_move_iterator(command.end()));
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const pid_t child = ::fork();
    if (child == 0) {
        ::setpgid(0, 0);  // a Ctrl-C at the terminal is for the tests, which then stop the server
        ::dup2(log, STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execvp(pointers[0], pointers.data());
        ::_exit(127);
    }
    ::close(log);
    if (child < 0) throw std::runtime_error("fork failed");
    return child;
}

std::string content(const std::string& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

PostgresServer::PostgresServer()
{
    char name[] = "/tmp/sallyport-pg-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    m_folder = name;
    if (::geteuid() == 0) {
        const passwd* const user = ::getpwnam(server_user().c_str());
        if (::chown(name, user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown failed");
    }
    const pid_t maker =
        spawn({std::string(server_binaries) + "initdb", "-D", m_folder + "/data", "-U", superuser, "-A",
               "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
              m_folder + "/log");
    int status = 0;
    if (::waitpid(maker, &status, 0) != maker || status != 0) {
        const std::string words = content(m_folder + "/log");
        std::filesystem::remove_all(m_folder);
        throw std::runtime_error("initdb failed: " + words);
    }
    start();
}

PostgresServer::~PostgresServer()
{
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(m_folder, ignored);
}

void PostgresServer::start()
{
    // No fsync: the tests kill programs, not the machine. Sockets in the folder, no TCP.
    m_server = spawn({std::string(server_binaries) + "postgres", "-D", m_folder + "/data", "-k", m_folder,
                      "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c",
                      "shared_buffers=32MB"},
                     m_folder + "/log");
    for (int i = 0; i < start_checks_max; ++i) {
        if (PQping(conninfo("postgres").c_str()) == PQPING_OK) return;
        if (::waitpid(m_server, nullptr, WNOHANG) == m_server) {
            m_server = -1;
            break;
        }
        std::this_thread::sleep_for(start_check_pause);
    }
    stop();
    throw std::runtime_error("PostgreSQL does not start: " + content(m_folder + "/log"));
}

void PostgresServer::stop()
{
    if (m_server < 0) return;
    ::kill(m_server, SIGINT);
    ::waitpid(m_server, nullptr, 0);
    m_server = -1;
}

std::string PostgresServer::conninfo(std::string_view database) const
{
    return "host=" + m_folder + " user=" + superuser + " dbname=" + std::string(database);
}

std::string shared_postgres(std::string_view database)
{
    if (const char* const given = std::getenv("SALLYPORT_TEST_PG"); given != nullptr && *given != '\0') {
        return std::string(given) + " dbname=" + std::string(database);
    }
    static PostgresServer server;
    return server.conninfo(database);
}

void run_on_postgres(const std::string& conninfo, const std::string& statement)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(conninfo.c_str()), PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement.c_str()),
                                                               PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQresultErrorMessage(result.get()));
    }
}

}  // namespace sallyport::db::test
