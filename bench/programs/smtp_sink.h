#pragma once
// A relay that takes everything at once and keeps nothing: the limit of what a worker can hand over. One
// thread a connection; it says when each message came and to whom.
#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sallyport::bench {

class SmtpSink {
public:
    using Taken = std::function<void(std::string_view recipient)>;

    /// Listens on a free port of loopback; `taken` is called on the threads of the connections.
    explicit SmtpSink(Taken taken) : m_taken(std::move(taken)), m_listener(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const where = reinterpret_cast<sockaddr*>(&address);
        if (::bind(m_listener, where, size) != 0 || ::listen(m_listener, 16) != 0 ||
            ::getsockname(m_listener, where, &size) != 0)
            throw std::runtime_error("the sink cannot listen");
        m_port = ntohs(address.sin_port);
        m_accepting = std::thread([this] { accept_all(); });
    }
    ~SmtpSink()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_accepting.join();
        {
            const std::lock_guard lock(m_mutex);
            for (const int connection : m_connections) ::shutdown(connection, SHUT_RDWR);
        }
        for (std::thread& one : m_threads) one.join();
        for (const int connection : m_connections) ::close(connection);
        ::close(m_listener);
    }
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return m_port; }

private:
    void accept_all()
    {
        for (;;) {
            const int connection = ::accept(m_listener, nullptr, nullptr);
            if (connection < 0) return;
            const std::lock_guard lock(m_mutex);
            m_connections.push_back(connection);
            m_threads.emplace_back([this, connection] { talk(connection); });
        }
    }
    static void say(int connection, std::string_view line)
    {
        [[maybe_unused]] const auto sent = ::send(connection, line.data(), line.size(), MSG_NOSIGNAL);
    }
    void talk(int connection)
    {
        say(connection, "220 sink\r\n");
        std::string in, recipient;
        bool in_message = false;
        char bytes[16384];
        for (ssize_t got = 0; (got = ::recv(connection, bytes, sizeof bytes, 0)) > 0;) {
            in.append(bytes, static_cast<std::size_t>(got));
            while (take(connection, in, in_message, recipient)) {
            }
        }
    }
    /// Takes one line, or one message, off the front of `in`; false where there is no whole one.
    bool take(int connection, std::string& in, bool& in_message, std::string& recipient)
    {
        const std::string_view end_of_message = "\r\n.\r\n";
        const std::string_view end = in_message ? end_of_message : end_of_message.substr(0, 2);
        const std::size_t at = in.find(end);
        if (at == std::string::npos) return false;
        const std::string line = in_message ? std::string() : in.substr(0, at);
        in.erase(0, at + end.size());
        if (in_message) {
            in_message = false;
            m_taken(recipient);
            say(connection, "250 taken\r\n");
        } else if (line.starts_with("DATA")) {
            in_message = true;
            say(connection, "354 go on\r\n");
        } else {
            if (line.starts_with("RCPT TO:<")) recipient = line.substr(9, line.find('>') - 9);
            say(connection, line.starts_with("QUIT") ? "221 bye\r\n" : "250 yes\r\n");
        }
        return true;
    }

    const Taken m_taken;
    const int m_listener;
    std::uint16_t m_port = 0;
    std::mutex m_mutex;
    std::vector<int> m_connections;
    std::vector<std::thread> m_threads;
    std::thread m_accepting;
};

}  // namespace sallyport::bench
