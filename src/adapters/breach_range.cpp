#include "adapters/breach_range.h"

#include "adapters/http_post.h"
#include "adapters/transfers.h"
#include "base/check.h"

#include <algorithm>

namespace sallyport::adapters {

namespace {

constexpr std::size_t in_flight_max = 8;
constexpr std::size_t waiting_max = 64;
constexpr std::size_t answer_bytes_max = 256 * 1024;  // five times what the largest range takes today
constexpr std::size_t prefix_digits = 5;
constexpr std::size_t suffix_digits = 35;
constexpr std::size_t count_digits_max = 12;

bool is_upper_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Asking {
    ~Asking() { curl_slist_free_all(headers); }
    Asking() = default;
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    std::string body;
    curl_slist* headers = nullptr;
};

std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* user)
{
    std::string& body = static_cast<Asking*>(user)->body;
    if (body.size() + size * count > answer_bytes_max) return 0;  // ends the transfer
    body.append(data, size * count);
    return size * count;
}

/// The real lines of an answer; nullopt where anything else stands in it.
std::optional<std::string> real_lines(std::string_view body)
{
    std::string out;
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        std::string_view line = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() < suffix_digits + 2 || line[suffix_digits] != ':') return std::nullopt;
        const std::string_view count = line.substr(suffix_digits + 1);
        if (!std::ranges::all_of(line.substr(0, suffix_digits), is_upper_hex)) return std::nullopt;
        if (count.size() > count_digits_max || !std::ranges::all_of(count, is_digit)) return std::nullopt;
        if (count.find_first_not_of('0') == std::string_view::npos) continue;  // padding
        if (!out.empty()) out += '\n';
        out += line;
    }
    return out;
}

}  // namespace

struct HttpBreachRange::State {
    explicit State(BreachRangeOptions given)
        : options(std::move(given)), transfers(in_flight_max, waiting_max)
    {
    }
    BreachRangeOptions options;
    Transfers transfers;
};

std::optional<std::string> HttpBreachRange::problem_with(const BreachRangeOptions& options)
{
    if (const auto problem = problem_with_url(options.base_url))
        return "the range service's address " + *problem;
    if (options.answer_ms_max.count() < 1) return "the time for the range service's answer is none";
    return std::nullopt;
}

HttpBreachRange::HttpBreachRange(BreachRangeOptions options)
{
    CHECK(!problem_with(options));
    m_state = std::make_unique<State>(std::move(options));
}

HttpBreachRange::~HttpBreachRange() = default;

Task<std::string> HttpBreachRange::range(std::string prefix)
{
    CHECK(prefix.size() == prefix_digits && std::ranges::all_of(prefix, is_upper_hex));
    const BreachRangeOptions& options = m_state->options;
    const auto milliseconds = static_cast<long>(options.answer_ms_max.count());
    auto asking = std::make_shared<Asking>();
    Easy easy = new_easy();
    CURL* const handle = easy.get();
    set_rules(handle, options.ca_file);
    asking->headers = curl_slist_append(nullptr, "Add-Padding: true");
    curl_easy_setopt(handle, CURLOPT_URL, (options.base_url + "/range/" + prefix).c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, asking->headers);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "Sallyport");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, asking.get());

    Completion<std::string> answered;
    auto done = [asking, source = answered.source()](CURL* ended, CURLcode code) {
        long status = 0;
        curl_easy_getinfo(ended, CURLINFO_RESPONSE_CODE, &status);
        std::optional<std::string> lines;
        if (code == CURLE_OK && status == 200) lines = real_lines(asking->body);
        if (lines)
            source.value(*std::move(lines));
        else
            source.error(
                std::make_exception_ptr(Unavailable("the breach range service gave no usable answer")));
    };
    if (!m_state->transfers.start(std::move(easy), std::move(done)))
        throw Unavailable("too many questions wait for the breach range service");
    co_return co_await answered;
}

}  // namespace sallyport::adapters
