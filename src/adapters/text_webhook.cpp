#include "adapters/text_webhook.h"

#include "adapters/text_answers.h"
#include "base/check.h"
#include "base/time.h"
#include "crypto/hash.h"

#include <boost/json.hpp>

namespace sallyport::adapters {

namespace {

using ports::TextOutcome;
using ports::TextResult;

constexpr std::size_t secret_bytes_min = 32;
constexpr std::int64_t unprocessable = 422;

std::string body_of(const ports::OutgoingText& text)
{
    return boost::json::serialize(boost::json::object{{"id", text.id},
                                                      {"kind", text.call ? "call" : "text"},
                                                      {"to", text.to},
                                                      {"text", text.text},
                                                      {"language", text.language}});
}

TextResult result_of(const Posted& posted)
{
    if (!posted.answered) return {TextOutcome::try_again, posted.why};
    const std::string status = "HTTP " + std::to_string(posted.status);
    const bool good = posted.status >= 200 && posted.status <= 299;
    if (!good && posted.status != unprocessable) return {TextOutcome::try_again, status};
    const auto answer = read_text_answer(posted.body);
    if (!answer || !answer->accepted) return {TextOutcome::try_again, status + ", and no answer as agreed"};
    if (!*answer->accepted) return {TextOutcome::refused, status + ", refused"};
    return {good ? TextOutcome::accepted : TextOutcome::try_again, status};
}

}  // namespace

std::optional<std::string> TextWebhook::problem_with(const TextWebhookOptions& options)
{
    if (const auto problem = problem_with_url(options.url)) return "the webhook's address " + *problem;
    if (options.secret.size() < secret_bytes_min) return "the webhook's secret has less than 32 characters";
    return std::nullopt;
}

TextWebhook::TextWebhook(TextWebhookOptions options, const ports::Clock& clock)
    : m_options(std::move(options)), m_clock(clock), m_post(m_options.post)
{
    CHECK(!problem_with(m_options));
}

Task<TextResult> TextWebhook::send(ports::OutgoingText text)
{
    constexpr std::int64_t ms_a_second = 1000;
    const std::string timestamp = std::to_string(to_unix_ms(m_clock.now()) / ms_a_second);
    Post post;
    post.url = m_options.url;
    post.body = body_of(text);
    wipe_text(text.text);
    std::string signed_text = timestamp + "." + post.body;
    const auto mac = crypto::hmac_sha256(m_options.secret.reveal(), as_bytes(signed_text));
    wipe_text(signed_text);
    post.headers = {"Content-Type: application/json", "Accept: application/json",
                    "Sallyport-Timestamp: " + timestamp, "Sallyport-Signature: v1=" + to_hex(mac)};
    const auto posted = co_await m_post.send(std::move(post));
    co_return result_of(posted);
}

}  // namespace sallyport::adapters
