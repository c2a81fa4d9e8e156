#pragma once
// ports::Texter by the Messages resource of Twilio's API (2010-04-01), which other services speak too:
// POST {base}/2010-04-01/Accounts/{account}/Messages.json with To, Body and From or MessagingServiceSid, HTTP
// basic authentication, 201 and a `sid` where it was taken. A call is the Calls resource in the same way,
// with To, From and Twiml, which says the text. The API knows no key against doubles: a text or call whose
// answer is lost is sent once more.
#include "adapters/http_post.h"
#include "base/secret.h"
#include "ports/texter.h"

#include <optional>
#include <string>

namespace sallyport::adapters {

struct TwilioOptions {
    std::string base_url = "https://api.twilio.com";
    std::string account;  // "AC…": stands in the address
    std::string key;      // "SK…", the user of basic authentication; empty: the account
    Secret secret;
    std::string from;  // a number in E.164, a name, or the "MG…" of a messaging service
    bool calls = false;
    std::string call_from{};  // with `calls`: the number that calls, in E.164; empty: `from`
    PostOptions post{};
};

class Twilio final : public ports::Texter {
public:
    static std::optional<std::string> problem_with(const TwilioOptions& options);
    /// CHECK: problem_with says nothing.
    explicit Twilio(TwilioOptions options);
    Task<ports::TextResult> send(ports::OutgoingText text) override;

private:
    const TwilioOptions m_options;
    HttpPost m_post;
};

}  // namespace sallyport::adapters
