#pragma once
// libcurl's multi interface on one thread of its own: HTTP transfers in flight up to a limit, the rest
// waiting up to a limit, connections kept for the next one. (Not for SMTP, which blocks in it:
// adapters/smtp.h.) Only adapters/ includes this.
#include "base/mutex.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include <curl/curl.h>

namespace sallyport::adapters {

struct EasyDeleter {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

/// A new handle; throws Unavailable.
Easy new_easy();
/// What every transfer of ours has: no signals, no proxy from the environment, no redirect, TLS 1.2 or newer
/// with certificate and name checked. `ca_file` empty means the system's certificates.
void set_rules(CURL* easy, const std::string& ca_file);

class Transfers {
public:
    /// Called once, on the thread of the transfers, with the handle still set up. CURLE_ABORTED_BY_CALLBACK:
    /// stopped.
    using Done = std::function<void(CURL* easy, CURLcode code)>;

    Transfers(std::size_t in_flight_max, std::size_t waiting_max);
    /// Gives those in flight `stop_grace_ms` to finish, ends the others, and waits for the thread.
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    /// Callable from any thread. False where too many wait already, or after the stop: `done` is then not
    /// called.
    bool start(Easy easy, Done done);

private:
    struct Job {
        Done done;
        Easy easy;  // freed first: it points into what `done` owns
    };
    void run();
    void take_waiting() EXCLUDES(m_mutex);
    void finish_ended();
    void end_all();

    const std::size_t m_in_flight_max;
    const std::size_t m_waiting_max;
    CURLM* m_multi;
    Mutex m_mutex;
    std::deque<Job> m_waiting GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::map<CURL*, Job> m_in_flight;  // of the thread alone
    std::thread m_thread;
};

}  // namespace sallyport::adapters
