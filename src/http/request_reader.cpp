#include "http/request_reader.h"

#include "base/secret.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <new>

namespace sallyport::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

constexpr std::string_view end_of_head = "\r\n\r\n";

std::optional<Method> method_of(beast::http::verb verb)
{
    using beast::http::verb;
    if (verb == verb::get) return Method::get;
    if (verb == verb::head) return Method::head;
    if (verb == verb::post) return Method::post;
    if (verb == verb::put) return Method::put;
    if (verb == verb::patch) return Method::patch;
    if (verb == verb::delete_) return Method::del;
    return std::nullopt;
}

bool is_method_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

bool holds_secret(std::string_view header) { return header == "cookie" || header == "authorization"; }

bool has_folded_line(std::string_view head)
{
    for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
        if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return true;
    }
    return false;
}

}  // namespace

class RequestReader::Parser final : public BeastParser {
public:
    explicit Parser(RequestReader& reader) : m_reader(reader) {}

private:
    void on_request_impl(beast::http::verb verb, string_view /*method*/, string_view target, int version,
                         error_code& /*ec*/) override
    {
        const auto method = method_of(verb);
        m_reader.m_method_known = method.has_value();
        m_reader.m_request.method = method.value_or(Method::get);
        m_reader.m_target.assign(target.data(), target.size());
        m_reader.m_version = version;
    }
    void on_response_impl(int /*code*/, string_view /*reason*/, int /*version*/, error_code& /*ec*/) override
    {
    }
    void on_field_impl(beast::http::field /*f*/, string_view name, string_view value, error_code& ec) override
    {
        if (m_reader.m_head_done)
            ec = beast::http::error::bad_field;  // a trailer
        else
            m_reader.add_header({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(error_code& /*ec*/) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& /*ec*/) override
    {
        // In one piece from the start where the length is known: growing would leave copies of a password
        // behind.
        const std::uint64_t wanted = length ? *length : std::uint64_t{4096};
        m_reader.m_body.reserve(
            std::min<std::size_t>(static_cast<std::size_t>(wanted), m_reader.m_body_bytes_max));
    }
    std::size_t append(string_view bytes, error_code& ec)
    {
        if (bytes.size() > m_reader.m_body_bytes_max - m_reader.m_body.size()) {
            ec = beast::http::error::body_limit;
            return 0;
        }
        m_reader.m_body.append(bytes.data(), bytes.size());
        return bytes.size();
    }
    std::size_t on_body_impl(string_view bytes, error_code& ec) override { return append(bytes, ec); }
    void on_chunk_header_impl(std::uint64_t /*size*/, string_view /*extensions*/, error_code& /*ec*/) override
    {
    }
    std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, string_view bytes, error_code& ec) override
    {
        return append(bytes, ec);
    }
    void on_finish_impl(error_code& /*ec*/) override {}

    RequestReader& m_reader;
};

RequestReader::~RequestReader() { reset(); }

void RequestReader::reset()
{
    static_assert(sizeof(Parser) <= sizeof(m_storage));
    if (m_parser != nullptr) m_parser->~BeastParser();
    m_parser = nullptr;
    for (auto& header : m_request.headers) {
        if (holds_secret(header.first)) wipe_text(header.second);  // it would lie here while nothing is asked
        m_spare_headers.push_back(std::move(header));
    }
    m_request.headers.clear();
    m_request.form = Fields();
    m_request.query = Fields();
    m_request.files.clear();
    m_request.captures.clear();
    m_request.path.clear();
    m_request.raw_query.clear();
    m_request.secure = false;
    m_request.route = {};
    m_request.wants_json = false;
    wipe_text(m_body);
    m_body.clear();
    m_searched = 0;
    m_body_bytes_max = 0;
    m_has_body = false;
    m_head_done = false;
}

void RequestReader::set_body_bytes_max(std::size_t bytes)
{
    m_body_bytes_max = bytes;
    m_parser->body_limit(bytes);  // refuses a chunk by its size, before it comes
}

void RequestReader::add_header(std::string_view name, std::string_view value)
{
    auto& headers = m_request.headers;
    if (m_spare_headers.empty()) {
        headers.emplace_back();
    } else {
        headers.push_back(std::move(m_spare_headers.back()));
        m_spare_headers.pop_back();
    }
    auto& [lowered, kept] = headers.back();
    lowered.assign(name);
    for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    kept.assign(value);
}

RequestReader::Step RequestReader::refuse(unsigned status, std::string_view code)
{
    m_refusal = {status, code, {}};
    return {Progress::refused, 0};
}

RequestReader::Step RequestReader::advance(std::string_view bytes)
{
    return m_head_done ? read_body(bytes) : read_head(bytes);
}

RequestReader::Step RequestReader::read_head(std::string_view bytes)
{
    if (bytes.empty()) return {Progress::need_more, 0};
    if (!is_method_byte(bytes.front())) return refuse(400, "malformed_request");
    const std::size_t from = m_searched < end_of_head.size() ? 0 : m_searched - end_of_head.size() + 1;
    const std::size_t end = bytes.substr(0, m_header_bytes_max).find(end_of_head, from);
    if (end == std::string_view::npos) {
        m_searched = bytes.size();
        if (bytes.size() >= m_header_bytes_max) return refuse(431, "headers_too_large");
        return {Progress::need_more, 0};
    }
    const std::string_view head = bytes.substr(0, end + end_of_head.size());
    if (has_folded_line(head)) return refuse(400, "malformed_request");
    m_parser = new (m_storage) Parser(*this);
    m_parser->header_limit(static_cast<std::uint32_t>(head.size() + 1));
    m_parser->body_limit(boost::none);
    error_code ec;
    const std::size_t used = m_parser->put(boost::asio::buffer(head.data(), head.size()), ec);
    if (ec == beast::http::error::bad_version) return refuse(505, "http_version");
    if (ec || used != head.size() || !m_parser->is_header_done()) return refuse(400, "malformed_request");
    m_head_done = true;
    m_has_body = !m_parser->is_done();
    if (auto refusal = judge_framing()) {
        m_refusal = std::move(*refusal);
        return {Progress::refused, used};
    }
    return {Progress::head, used};
}

/// How long the message is must be beyond doubt, or a proxy and we may see two different next requests.
std::optional<Refusal> RequestReader::judge_framing() const
{
    unsigned lengths = 0;
    unsigned codings = 0;
    unsigned types = 0;
    for (const auto& [name, value] : m_request.headers) {
        lengths += name == "content-length" ? 1U : 0U;
        codings += name == "transfer-encoding" ? 1U : 0U;
        types += name == "content-type" ? 1U : 0U;
        if (name == "content-length" && value.find_first_not_of("0123456789") != std::string::npos) ++lengths;
    }
    if (lengths > 1 || codings > 1 || types > 1 || (lengths == 1 && codings == 1))
        return Refusal{400, "malformed_request", {}};
    if (codings == 1) {
        if (m_version == 10) return Refusal{400, "malformed_request", {}};
        std::string coding(m_request.header("transfer-encoding"));
        std::ranges::transform(coding, coding.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (coding != "chunked") return Refusal{501, "transfer_coding", {}};
    }
    const bool bodiless =
        m_method_known && (m_request.method == Method::get || m_request.method == Method::head);
    if (bodiless && m_has_body) return Refusal{400, "unexpected_content", {}};
    return std::nullopt;
}

RequestReader::Step RequestReader::read_body(std::string_view bytes)
{
    if (m_parser->is_done()) return {Progress::complete, 0};
    const auto length = m_parser->content_length();
    if (length && *length > m_body_bytes_max) return refuse(413, "content_too_large");
    m_parser->eager(true);
    std::size_t used = 0;
    while (used < bytes.size() && !m_parser->is_done()) {
        error_code ec;
        const std::size_t now =
            m_parser->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), ec);
        used += now;
        if (ec == beast::http::error::need_more) break;
        if (ec == beast::http::error::body_limit) return refuse(413, "content_too_large");
        if (ec) return refuse(400, "malformed_request");
        if (now == 0) break;
    }
    if (m_parser->is_done()) return {Progress::complete, used};
    if (bytes.size() - used > m_header_bytes_max)
        return refuse(400, "malformed_request");  // a chunk header without end
    return {Progress::need_more, used};
}

}  // namespace sallyport::http
