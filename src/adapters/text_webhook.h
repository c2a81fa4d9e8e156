#pragma once
// ports::Texter by a signed webhook, for any service behind a few lines of the operator's own. It POSTs
//   {"id":"…","kind":"text","to":"+351912345678","text":"…","language":"en"}
// where the kind "call" asks it to call the number and to speak the text, with
// `Sallyport-Timestamp: <Unix seconds>` and
// `Sallyport-Signature: v1=<hex HMAC-SHA-256(secret, timestamp "." body)>`.
// The service answers 2xx and {"accepted":true}; {"accepted":false} with 2xx or 422 means never. Everything
// else is tried again, with the same id.
#include "adapters/http_post.h"
#include "base/secret.h"
#include "ports/clock.h"
#include "ports/texter.h"

#include <optional>
#include <string>

namespace sallyport::adapters {

struct TextWebhookOptions {
    std::string url;
    Secret secret;  // 32 bytes or more
    PostOptions post{};
};

class TextWebhook final : public ports::Texter {
public:
    static std::optional<std::string> problem_with(const TextWebhookOptions& options);
    /// CHECK: problem_with says nothing. `clock` outlives it.
    TextWebhook(TextWebhookOptions options, const ports::Clock& clock);
    Task<ports::TextResult> send(ports::OutgoingText text) override;

private:
    const TextWebhookOptions m_options;
    const ports::Clock& m_clock;
    HttpPost m_post;
};

}  // namespace sallyport::adapters
