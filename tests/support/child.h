#pragma once
// A program that a test starts and stops by its own process id. It dies with the test: its standard input
// closes, and the kernel signals it.
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sallyport::test {

/// The folder tests/support of the source tree that the running test program was built in.
inline std::filesystem::path support_folder()
{
    for (const std::filesystem::path& start :
         {std::filesystem::read_symlink("/proc/self/exe").parent_path(), std::filesystem::current_path()}) {
        for (std::filesystem::path at = start; at.has_relative_path(); at = at.parent_path())
            if (std::filesystem::exists(at / "tests" / "support" / "child.h"))
                return at / "tests" / "support";
    }
    throw std::runtime_error("run this test from the source tree: tests/support is not found");
}

/// A fresh folder in the temporary folder, removed with its content.
class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "sallyport-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        m_path = pattern;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

class Child {
public:
    explicit Child(std::vector<std::string> command)
    {
        int to_child[2];
        int from_child[2];
        if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0)
            throw std::runtime_error("pipe failed");
        std::vector<char*> arguments;
        for (std::string& word : command) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        m_pid = ::fork();
        if (m_pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            ::dup2(to_child[0], STDIN_FILENO);
            ::dup2(from_child[1], STDOUT_FILENO);
            ::execvp(arguments[0], arguments.data());
            ::_exit(127);
        }
        ::close(to_child[0]);
        ::close(from_child[1]);
        m_input = to_child[1];
        m_output = from_child[0];
        if (m_pid < 0) throw std::runtime_error("fork failed");
    }
    ~Child()
    {
        stop();
        ::close(m_output);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void write(std::string_view text)
    {
        while (!text.empty()) {
            const ssize_t written = ::write(m_input, text.data(), text.size());
            if (written <= 0) throw std::runtime_error("the child took no input");
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void close_input()
    {
        if (m_input >= 0) ::close(m_input);
        m_input = -1;
    }
    /// The next line of its output without the line end; throws where the output has ended.
    std::string read_line()
    {
        std::string line;
        for (char c = 0;;) {
            if (::read(m_output, &c, 1) != 1) throw std::runtime_error("the child's output ended: " + line);
            if (c == '\n') return line;
            line += c;
        }
    }
    std::string read_all()
    {
        std::string all;
        char block[4096];
        for (ssize_t got = 0; (got = ::read(m_output, block, sizeof block)) > 0;)
            all.append(block, static_cast<std::size_t>(got));
        return all;
    }
    /// Its exit status, or 128 and the signal's number.
    int wait()
    {
        if (m_pid <= 0) return m_status;
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        m_pid = -1;
        m_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return m_status;
    }
    void kill(int signal_number) const
    {
        if (m_pid > 0) ::kill(m_pid, signal_number);
    }
    void stop()
    {
        close_input();
        kill(SIGTERM);
        wait();
    }
    [[nodiscard]] pid_t pid() const noexcept { return m_pid; }

private:
    pid_t m_pid = -1;
    int m_status = 0;
    int m_input = -1;
    int m_output = -1;
};

}  // namespace sallyport::test
