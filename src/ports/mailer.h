#pragma once
#include "base/task.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::ports {

/// One message, ready for the wire. Header values hold no CR or LF (CHECK in the composer).
struct OutgoingMail {
    std::string envelope_from;
    std::string envelope_to;
    std::string message_id;           // "<…@host>", the same at every try
    std::string raw;                  // RFC 5322, CRLF line ends
    std::string subject, text, html;  // the same content in parts, for the development mailbox
};

enum class MailOutcome : std::uint8_t {
    accepted,     // 2xx after DATA: the relay has it
    refused,      // 5xx of the message: trying again does not help
    try_again,    // 4xx, a reply about our session, or too many wait: this message does not go now
    unreachable,  // no connection, TLS or certificate failure, log-in refused, 421: the relay takes none now
    unclear       // the whole message was sent, and its answer did not come: the relay may have it
};
/// 500, 502, 503 and 504 speak of what was said and when it was, not of whom it was said about (RFC 5321
/// section 4.2.2): a new session, or another relay, may well take the message. 501 may be the address's.
constexpr bool is_about_the_session(int reply_code) noexcept
{
    return reply_code == 500 || (reply_code >= 502 && reply_code <= 504);
}

struct MailResult {
    MailOutcome outcome;
    std::string detail;  // the relay's words, for the operator; never shown to people
};

class Mailer {
public:
    virtual ~Mailer() = default;
    virtual Task<MailResult> send(OutgoingMail mail) = 0;
    /// Whether a message would leave at once; otherwise it waits for its turn inside send().
    [[nodiscard]] virtual bool has_room() const { return true; }
};

}  // namespace sallyport::ports
