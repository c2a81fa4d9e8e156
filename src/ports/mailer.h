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
    accepted,  // 2xx after DATA: the relay has it
    refused,   // 5xx: trying again does not help
    try_again  // 4xx, time-out, no connection, TLS or certificate failure
};
struct MailResult {
    MailOutcome outcome;
    std::string detail;  // the relay's words, for the operator; never shown to people
};

class Mailer {
public:
    virtual ~Mailer() = default;
    virtual Task<MailResult> send(OutgoingMail mail) = 0;
};

}  // namespace sallyport::ports
