#pragma once
// POST to an operator's web service by libcurl (RFC 9110 section 9.3.3): one question, one short answer,
// nothing followed, nothing logged.
#include "base/secret.h"
#include "base/task.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::adapters {

/// What is wrong with an address of a service, as the end of a sentence that names it; nullopt where nothing
/// is. Taken are https://host[:port][/path] without a slash at its end, and http:// on this machine.
std::optional<std::string> problem_with_url(std::string_view url);

struct PostOptions {
    std::string ca_file;  // PEM; empty: the system's certificates
    std::chrono::milliseconds answer_ms_max{10'000};
    std::size_t in_flight_max = 8;
};

struct Post {
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;                  // wiped when it was sent
    std::string user;                  // of HTTP basic authentication; empty: none
    Secret password;
};

struct Posted {
    bool answered = false;    // else no connection, a time-out, half an answer, or one that is too long
    std::int64_t status = 0;  // of HTTP
    std::string body;         // from outside: not to be believed, shown or logged
    std::string why;          // where not answered: libcurl's words, which hold nothing of the message
};

class HttpPost {
public:
    explicit HttpPost(PostOptions options);
    ~HttpPost();
    Task<Posted> send(Post post);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace sallyport::adapters
