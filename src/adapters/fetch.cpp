#include "adapters/fetch.h"

#include "adapters/http_post.h"
#include "adapters/transfers.h"

namespace sallyport::adapters {

namespace {

constexpr std::size_t body_bytes_max = 64UL * 1024;
constexpr long answer_ms_max = 10'000;

std::size_t take(const char* data, std::size_t one, std::size_t count, void* into)
{
    auto& body = *static_cast<std::string*>(into);
    const std::size_t size = one * count;
    if (body.size() + size > body_bytes_max) return 0;
    body.append(data, size);
    return size;
}

}  // namespace

Result<std::string, std::string> fetch(const std::string& url)
{
    const std::string origin = url.substr(0, url.find('/', url.find("://") + 3));
    if (const auto problem = problem_with_url(origin)) return failure(url + " " + *problem);
    const Easy easy = new_easy();
    std::string body;
    long status = 0;
    set_rules(easy.get(), {});
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, answer_ms_max);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code != CURLE_OK) return failure(url + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return failure(url + " answered " + std::to_string(status));
    return body;
}

}  // namespace sallyport::adapters
