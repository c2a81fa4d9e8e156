#include "http/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace sallyport::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t output_bytes_kept = 64 * 1024;
constexpr std::size_t drain_bytes_max = 1024 * 1024;
constexpr Duration drain_deadline = std::chrono::seconds(2);
constexpr std::string_view say_continue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view say_time_out = "HTTP/1.1 408 Request Timeout\r\nConnection: "
                                          "close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n";

IpAddress address_of(const Connection::Socket& socket)
{
    error_code error;
    auto address = socket.remote_endpoint(error).address();
    if (address.is_v6()) {
        auto v6 = address.to_v6();
        v6.scope_id(0);
        address = v6;
    }
    return IpAddress::parse(address.to_string()).value_or(IpAddress());
}

}  // namespace

Connection::Connection(EventLoop& loop, ServerContext& context, Socket socket, Door door)
    : m_loop(loop), m_context(context), m_socket(std::move(socket)), m_door(door),
      m_peer(address_of(m_socket)), m_reader(context.limits.header_bytes_max)
{
    error_code ignored;
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    m_socket.non_blocking(true, ignored);
}

bool Connection::is_reading() const noexcept
{
    return m_phase == Phase::idle || m_phase == Phase::head || m_phase == Phase::body;
}

void Connection::start()
{
    m_deadline = m_loop.after(m_context.limits.header_deadline);
    read();
}

void Connection::tick(EventLoop::Time now)
{
    if (m_phase == Phase::handling || m_phase == Phase::closed || now < m_deadline) return;
    if (m_phase == Phase::head || m_phase == Phase::body) say_now(say_time_out);
    close();
}

void Connection::stop()
{
    if (m_phase == Phase::idle) close();
}

void Connection::cut()
{
    if (m_phase != Phase::handling) {
        close();
        return;
    }
    m_cut = true;
    error_code ignored;
    m_socket.close(ignored);
}

/// Best effort, for what may be lost.
void Connection::say_now(std::string_view text)
{
    error_code ignored;
    m_socket.write_some(asio::buffer(text.data(), text.size()), ignored);
}

void Connection::close()
{
    if (m_phase == Phase::closed) return;
    m_phase = Phase::closed;
    error_code ignored;
    m_socket.close(ignored);
    m_loop.remove(*this);
}

void Connection::read()
{
    const std::span<char> room = m_input.room();
    m_socket.async_read_some(asio::buffer(room.data(), room.size()),
                             [self = shared_from_this()](const error_code& error, std::size_t count) {
                                 self->on_read(error, count);
                             });
}

void Connection::on_read(const error_code& error, std::size_t count)
{
    if (m_phase == Phase::closed) return;
    if (error) {
        close();
        return;
    }
    m_input.commit(count);
    if (m_phase == Phase::draining) {
        m_drained += count;
        m_input.consume(m_input.view().size());
        if (m_drained > drain_bytes_max)
            close();
        else
            read();
        return;
    }
    advance();
}

void Connection::advance()
{
    m_advancing = true;
    while (is_reading() && step()) {
    }
    m_advancing = false;
}

/// One move of the reader; false when there is nothing to do but wait.
bool Connection::step()
{
    if (m_phase == Phase::idle && !m_input.empty()) {
        m_phase = Phase::head;
        m_deadline = m_loop.after(m_context.limits.header_deadline);
    }
    const auto [progress, used] = m_reader.advance(m_input.view());
    m_input.consume(used);
    switch (progress) {
    case RequestReader::Progress::need_more: read_more(); return false;
    case RequestReader::Progress::head: on_head(); return true;
    case RequestReader::Progress::complete: on_complete(); return true;
    case RequestReader::Progress::refused:
        m_input_is_lost = true;
        m_keep_alive = false;
        refuse(m_reader.refusal());
        return true;
    }
    return false;
}

void Connection::read_more()
{
    if (m_phase == Phase::idle) {
        m_deadline =
            m_loop.after(m_requests == 0 ? m_context.limits.header_deadline : m_context.limits.idle_deadline);
        if (m_loop.is_stopping()) {
            close();
            return;
        }
    } else if (m_phase == Phase::body && !m_said_continue) {
        m_said_continue = true;
        if (!m_reader.request().header("expect").empty() && !m_reader.is_http_1_0()) say_now(say_continue);
    }
    read();
}

void Connection::on_head()
{
    m_phase = Phase::body;
    m_deadline = m_loop.after(m_context.limits.body_deadline);
    m_said_continue = false;
    m_keep_alive = m_reader.keep_alive();
    m_route = nullptr;
    const auto refusal = m_context.gate.judge_head(m_reader, m_peer, m_door, m_route);
    if (!refusal) return;
    m_input_is_lost = m_reader.has_body();  // it is not worth reading
    m_keep_alive = m_keep_alive && !m_input_is_lost;
    refuse(*refusal);
}

void Connection::on_complete()
{
    m_complete_at = EventLoop::timer_now();
    try {
        if (const auto refusal = Gate::judge_body(m_reader, *m_route)) {
            refuse(*refusal);
            return;
        }
        if (m_route->options.quick) {
            if (auto answer = m_route->options.quick(m_reader.request())) {
                respond(std::move(*answer));
                return;
            }
        }
        CHECK(m_route->handler != nullptr);
        start_handler();
    } catch (...) {
        respond(answer_to(std::current_exception()));
    }
}

void Connection::start_handler()
{
    m_phase = Phase::handling;
    Request handed = std::move(m_reader.request());
    // What an error page needs stays here; what was typed goes to the handler alone.
    Request& kept = m_reader.request();
    kept = Request();
    kept.method = handed.method;
    kept.path = handed.path;
    kept.raw_query = handed.raw_query;
    kept.headers = handed.headers;
    kept.client = handed.client;
    kept.secure = handed.secure;
    kept.wants_json = handed.wants_json;
    kept.route = handed.route;
    auto self = shared_from_this();
    start_detached(run_handler(self, std::move(handed)),
                   [self](const std::exception_ptr& error) { self->on_handled(error); });
}

Task<void> Connection::run_handler(std::shared_ptr<Connection> self, Request request)
{
    const Handler& handler = self->m_route->handler;
    auto response = co_await handler(std::move(request));
    self->m_response = std::move(response);
}

void Connection::on_handled(const std::exception_ptr& error)
{
    if (m_cut) {
        close();
        return;
    }
    respond(error ? answer_to(error) : std::move(m_response));
    m_response = Response();
    if (!m_advancing) advance();
}

/// Tried at once, because the socket nearly always has room: going through the loop costs another epoll_wait.
void Connection::send()
{
    m_phase = Phase::writing;
    m_deadline = m_loop.after(m_context.limits.write_deadline);
    error_code error;
    const std::size_t sent = m_socket.write_some(asio::buffer(m_output.data(), m_output.size()), error);
    if (error && error != asio::error::would_block && error != asio::error::try_again) {
        close();
        return;
    }
    if (sent == m_output.size()) {
        on_sent();
        return;
    }
    asio::async_write(m_socket, asio::buffer(m_output.data() + sent, m_output.size() - sent),
                      [self = shared_from_this()](const error_code& failed, std::size_t /*count*/) {
                          if (self->m_phase == Phase::closed) return;
                          if (failed) {
                              self->close();
                              return;
                          }
                          self->on_sent();
                          if (!self->m_advancing) self->advance();
                      });
}

void Connection::on_sent()
{
    if (m_output.capacity() > output_bytes_kept) m_output = std::string();
    if (m_input_is_lost) {
        drain();
        return;
    }
    m_reader.reset();
    m_route = nullptr;
    if (!m_keep_alive) {
        close();
        return;
    }
    m_phase = Phase::idle;
}

/// Reads on for a while, or the system would answer the rest with a reset, and the client never see our
/// answer.
void Connection::drain()
{
    m_phase = Phase::draining;
    m_deadline = m_loop.after(drain_deadline);
    error_code ignored;
    m_socket.shutdown(Socket::shutdown_send, ignored);
    m_input.consume(m_input.view().size());
    read();
}

}  // namespace sallyport::http
