#include "adapters/transfers.h"

#include "base/check.h"

#include <chrono>
#include <csignal>

namespace sallyport::adapters {

namespace {

constexpr int poll_ms = 1000;
constexpr auto stop_grace = std::chrono::seconds(5);
constexpr long connection_idle_seconds_max = 60;  // relays close idle ones after a few minutes

/// Once, before the first handle. OpenSSL writes to sockets whose other end is gone, which raises SIGPIPE.
void initialise_curl()
{
    static const CURLcode code = [] {
        std::signal(SIGPIPE, SIG_IGN);
        return curl_global_init(CURL_GLOBAL_DEFAULT);
    }();
    if (code != CURLE_OK) throw Unavailable("libcurl does not start");
}

}  // namespace

Easy new_easy()
{
    initialise_curl();
    Easy easy(curl_easy_init());
    if (!easy) throw Unavailable("libcurl has no memory");
    return easy;
}

void set_rules(CURL* easy, const std::string& ca_file)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, connection_idle_seconds_max);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // this file, and not the system's as well
    }
}

Transfers::Transfers(std::size_t in_flight_max, std::size_t waiting_max)
    : m_in_flight_max(in_flight_max), m_waiting_max(waiting_max)
{
    initialise_curl();
    m_multi = curl_multi_init();
    if (m_multi == nullptr) throw Unavailable("libcurl has no memory");
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, static_cast<long>(in_flight_max));
    m_thread = std::thread([this] { run(); });
}

Transfers::~Transfers()
{
    {
        const Lock lock(m_mutex);
        m_stopping = true;
    }
    curl_multi_wakeup(m_multi);
    m_thread.join();
    curl_multi_cleanup(m_multi);
}

bool Transfers::start(Easy easy, Done done)
{
    {
        const Lock lock(m_mutex);
        if (m_stopping || m_waiting.size() >= m_waiting_max) return false;
        m_waiting.push_back({std::move(done), std::move(easy)});
    }
    curl_multi_wakeup(m_multi);
    return true;
}

void Transfers::take_waiting()
{
    while (m_in_flight.size() < m_in_flight_max) {
        Job job;
        {
            const Lock lock(m_mutex);
            if (m_waiting.empty() || m_stopping) return;
            job = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        CURL* const easy = job.easy.get();
        if (curl_multi_add_handle(m_multi, easy) == CURLM_OK)
            m_in_flight.emplace(easy, std::move(job));
        else
            job.done(easy, CURLE_OUT_OF_MEMORY);
    }
}

void Transfers::finish_ended()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        auto ended = m_in_flight.extract(message->easy_handle);
        CHECK(!ended.empty());
        curl_multi_remove_handle(m_multi, ended.key());
        ended.mapped().done(ended.key(), code);
    }
}

void Transfers::end_all()
{
    for (auto& [easy, job] : m_in_flight) {
        curl_multi_remove_handle(m_multi, easy);
        job.done(easy, CURLE_ABORTED_BY_CALLBACK);
    }
    m_in_flight.clear();
    std::deque<Job> waiting;
    {
        const Lock lock(m_mutex);
        waiting.swap(m_waiting);
    }
    for (Job& job : waiting) job.done(job.easy.get(), CURLE_ABORTED_BY_CALLBACK);
}

void Transfers::run()
{
    std::chrono::steady_clock::time_point stop_at{};
    for (;;) {
        take_waiting();
        int running = 0;
        curl_multi_perform(m_multi, &running);
        finish_ended();
        bool stopping = false;
        bool more = false;
        {
            const Lock lock(m_mutex);
            stopping = m_stopping;
            more = !m_waiting.empty() && m_in_flight.size() < m_in_flight_max;
        }
        if (stopping) {
            const auto now = std::chrono::steady_clock::now();
            if (stop_at == std::chrono::steady_clock::time_point{}) stop_at = now + stop_grace;
            if (m_in_flight.empty() || now >= stop_at) break;
        }
        if (!more || stopping)
            curl_multi_poll(m_multi, nullptr, 0, stopping ? poll_ms / 10 : poll_ms, nullptr);
    }
    end_all();
}

}  // namespace sallyport::adapters
