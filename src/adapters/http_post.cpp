#include "adapters/http_post.h"

#include "adapters/transfers.h"

#include <algorithm>

namespace sallyport::adapters {

namespace {

constexpr std::size_t waiting_max = 64;
constexpr std::size_t answer_bytes_max = 64 * 1024;

bool is_url_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/:[]").find(c) != std::string_view::npos;
}

bool is_loopback(std::string_view after_scheme)
{
    const std::string_view authority = after_scheme.substr(0, after_scheme.find('/'));
    const std::string_view host = authority.substr(0, authority.find(':'));
    return host == "localhost" || host == "127.0.0.1" || authority.starts_with("[::1]");
}

/// One question on its way; libcurl holds pointers into it.
struct Asking {
    explicit Asking(Post given) : post(std::move(given)) {}
    ~Asking()
    {
        curl_slist_free_all(headers);
        wipe_text(post.body);
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    Post post;
    std::string answer;
    curl_slist* headers = nullptr;
};

std::size_t keep_answer(char* data, std::size_t size, std::size_t count, void* user)
{
    std::string& answer = static_cast<Asking*>(user)->answer;
    if (answer.size() + size * count > answer_bytes_max) return 0;  // ends the transfer
    answer.append(data, size * count);
    return size * count;
}

void prepare(CURL* handle, Asking& asking, const PostOptions& options)
{
    const auto milliseconds = static_cast<long>(options.answer_ms_max.count());
    set_rules(handle, options.ca_file);
    asking.headers = curl_slist_append(nullptr, "Expect:");
    for (const std::string& header : asking.post.headers)
        asking.headers = curl_slist_append(asking.headers, header.c_str());
    curl_easy_setopt(handle, CURLOPT_URL, asking.post.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, asking.headers);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "Sallyport");
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(asking.post.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, asking.post.body.data());
    if (!asking.post.user.empty()) {
        std::string password(asking.post.password.reveal_text());
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(handle, CURLOPT_USERNAME, asking.post.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, password.c_str());
        wipe_text(password);
    }
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &asking);
}

}  // namespace

struct HttpPost::State {
    explicit State(PostOptions given)
        : options(std::move(given)), transfers(options.in_flight_max, waiting_max)
    {
    }
    const PostOptions options;
    Transfers transfers;
};

std::optional<std::string> problem_with_url(std::string_view url)
{
    const bool secure = url.starts_with("https://");
    if (!secure && !url.starts_with("http://")) return "begins with neither https:// nor http://";
    const std::string_view rest = url.substr(secure ? 8 : 7);
    if (rest.empty() || rest.starts_with('/') || rest.ends_with('/') ||
        !std::ranges::all_of(rest, is_url_character))
        return "is not https://host[:port][/path] without a slash at its end";
    if (!secure && !is_loopback(rest)) return "begins with http://, which is taken only on this machine";
    return std::nullopt;
}

HttpPost::HttpPost(PostOptions options) : m_state(std::make_unique<State>(std::move(options))) {}

HttpPost::~HttpPost() = default;

Task<Posted> HttpPost::send(Post post)
{
    auto asking = std::make_shared<Asking>(std::move(post));
    Easy easy = new_easy();
    prepare(easy.get(), *asking, m_state->options);
    Completion<Posted> answered;
    auto done = [asking, source = answered.source()](CURL* ended, CURLcode code) {
        Posted posted;
        posted.answered = code == CURLE_OK;
        if (posted.answered) {
            long status = 0;
            curl_easy_getinfo(ended, CURLINFO_RESPONSE_CODE, &status);
            posted.status = status;
            posted.body = std::move(asking->answer);
        } else {
            posted.why = curl_easy_strerror(code);
        }
        source.value(std::move(posted));
    };
    if (!m_state->transfers.start(std::move(easy), std::move(done)))
        co_return Posted{false, 0, {}, "too many questions wait for the service"};
    co_return co_await answered;
}

}  // namespace sallyport::adapters
