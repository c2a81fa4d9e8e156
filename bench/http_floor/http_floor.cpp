// The floor: one thread, one epoll, no parsing beyond the end of the head, one constant answer. What any
// server on this machine pays at least. `http_floor PORT`; prints CPU-µs a request when it is told to end.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

std::atomic<bool> g_ended{false};

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"account\":\"abc\"}";

double cpu_us()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

void add(int poll, int socket)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

} // namespace

int main(int count, char** words)
{
    if (count != 2) return 2;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(words[1], nullptr, 10)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof(generic));
    if (bind(listener, &generic, sizeof(generic)) != 0 || listen(listener, 1024) != 0) return 1;
    const int poll = epoll_create1(0);
    add(poll, listener);
    struct sigaction on_end{};
    on_end.sa_handler = [](int) { g_ended = true; }; // epoll_wait returns with EINTR
    sigaction(SIGTERM, &on_end, nullptr);
    std::array<epoll_event, 256> events{};
    std::array<char, 4096> buffer{};
    unsigned long requests = 0;
    while (!g_ended) {
        const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener) {
                const int taken = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
                setsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
                add(poll, taken);
                continue;
            }
            const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                close(socket);
            } else if (std::string_view(buffer.data(), static_cast<std::size_t>(got)).ends_with("\r\n\r\n")) {
                static_cast<void>(!send(socket, answer.data(), answer.size(), MSG_NOSIGNAL));
                ++requests;
            }
        }
    }
    std::printf("http_floor: %lu requests, %.2f CPU-us a request\n", requests,
                cpu_us() / static_cast<double>(requests == 0 ? 1 : requests));
    return 0;
}
