#pragma once
// One client's connection on one event loop: requests are read, answered and written one after the other,
// pipelined or not. All of it runs on the loop's thread. Includes Asio: for http/ alone.
#include "http/event_loop.h"
#include "http/input_buffer.h"
#include "http/request_reader.h"

#include <boost/asio/ip/tcp.hpp>

#include <exception>

namespace sallyport::http {

class Connection final : public std::enable_shared_from_this<Connection> {
public:
    using Socket = boost::asio::ip::tcp::socket;

    Connection(EventLoop& loop, ServerContext& context, Socket socket, Door door);

    void start();
    /// Checks the deadline.
    void tick(EventLoop::Time now);
    /// No further request: an idle connection ends now, a busy one after its answer.
    void stop();
    /// Ends at once; a running handler is still waited for.
    void cut();

    [[nodiscard]] std::size_t place() const noexcept { return m_place; }
    void set_place(std::size_t place) noexcept { m_place = place; }

private:
    enum class Phase : std::uint8_t { idle, head, body, handling, writing, draining, closed };

    [[nodiscard]] bool is_reading() const noexcept;
    void advance();
    bool step();
    void read_more();
    void read();
    void on_read(const boost::system::error_code& error, std::size_t count);
    void on_head();
    void on_complete();
    void start_handler();
    static Task<void> run_handler(std::shared_ptr<Connection> self, Request request);
    void on_handled(const std::exception_ptr& error);
    Response answer_to(const std::exception_ptr& error);
    void refuse(const Refusal& refusal);
    std::string refer(Response& response);
    Response draw_error(const Response& problem_details, std::string_view reference);
    void respond(Response response);
    void send();
    void on_sent();
    void drain();
    void say_now(std::string_view text);
    void close();

    EventLoop& m_loop;
    ServerContext& m_context;
    Socket m_socket;
    Door m_door;
    IpAddress m_peer;
    Phase m_phase = Phase::idle;
    EventLoop::Time m_deadline;
    RequestReader m_reader;
    InputBuffer m_input;
    std::string m_output;
    Response m_response;
    std::string m_reference;  // of the error that is being answered
    const Router::Route* m_route = nullptr;
    EventLoop::Time m_complete_at;
    std::size_t m_requests = 0;
    std::size_t m_drained = 0;
    std::size_t m_place = 0;
    bool m_keep_alive = true;
    bool m_input_is_lost = false;  // what follows on the connection cannot be understood
    bool m_said_continue = false;
    bool m_advancing = false;
    bool m_cut = false;
};

}  // namespace sallyport::http
