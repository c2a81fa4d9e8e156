#pragma once
// Bytes to one request, without a socket: the same code under a connection, a test and the fuzzer. Beast's
// parser does RFC 9112; what it tolerates and we do not is refused here: folded headers (section 5.2), a
// repeated Content-Length, transfer codings other than chunked, trailers, content with GET and HEAD. Includes
// Beast: for http/ alone.
#include "http/message.h"

#include <boost/beast/http/basic_parser.hpp>

#include <optional>

namespace sallyport::http {

struct Refusal {
    unsigned status = 0;
    std::string_view code;
    std::string allow;  // of a 405
};

class RequestReader {
public:
    enum class Progress : std::uint8_t {
        need_more,  // give it the rest of what was not used, and more
        head,       // method, target, headers are there; set_body_bytes_max and go on
        complete,   // body too
        refused     // refusal() says why; the connection cannot go on
    };
    struct Step {
        Progress progress;
        std::size_t used;  // bytes of the input that are done with
    };

    explicit RequestReader(std::size_t header_bytes_max) : m_header_bytes_max(header_bytes_max) {}
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    Step advance(std::string_view bytes);
    /// Before the body is read. A longer one is refused with 413.
    void set_body_bytes_max(std::size_t bytes);
    /// Ready for the next request; keeps memory, wipes the body.
    void reset();

    // From `head` on.
    /// Headers are filled, with names in lower case; method where it is one of ours.
    Request& request() noexcept { return m_request; }
    [[nodiscard]] bool method_known() const noexcept { return m_method_known; }
    [[nodiscard]] std::string_view target() const noexcept { return m_target; }
    [[nodiscard]] bool is_http_1_0() const noexcept { return m_version == 10; }
    [[nodiscard]] bool keep_alive() const { return m_parser->keep_alive(); }
    [[nodiscard]] bool has_body() const noexcept { return m_has_body; }
    // From `complete` on.
    [[nodiscard]] std::string_view body() const noexcept { return m_body; }

    [[nodiscard]] bool head_done() const noexcept { return m_head_done; }
    [[nodiscard]] const Refusal& refusal() const noexcept { return m_refusal; }

private:
    class Parser;
    using BeastParser = boost::beast::http::basic_parser<true>;
    friend class Parser;

    Step refuse(unsigned status, std::string_view code);
    Step read_head(std::string_view bytes);
    Step read_body(std::string_view bytes);
    [[nodiscard]] std::optional<Refusal> judge_framing() const;
    void add_header(std::string_view name, std::string_view value);

    std::size_t m_header_bytes_max;
    std::size_t m_body_bytes_max = 0;
    std::size_t m_searched = 0;  // of the head, for its end
    alignas(16) std::byte m_storage[384];
    BeastParser* m_parser =
        nullptr;  // in m_storage: one for each message, since Beast's cannot be used twice
    Request m_request;
    std::vector<std::pair<std::string, std::string>> m_spare_headers;  // strings that keep their memory
    std::string m_target;
    std::string m_body;
    Refusal m_refusal;
    int m_version = 11;
    bool m_method_known = false;
    bool m_has_body = false;
    bool m_head_done = false;
};

}  // namespace sallyport::http
