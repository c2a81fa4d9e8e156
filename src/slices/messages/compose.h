#pragma once
// Parts become one RFC 5322 message: multipart/alternative (RFC 2046 section 5.1.4) of text and HTML,
// seven-bit lines, and headers that nothing from outside can add to.
#include "base/email.h"
#include "base/ids.h"
#include "base/time.h"
#include "crypto/envelope_tag.h"
#include "ports/mailer.h"
#include "slices/messages/dkim.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::messages {

/// Who sends: from the configuration only, never from a request.
struct Sender {
    std::string name;                          // the brand, as people read it
    Email address;                             // From, and envelope sender where there is no `bounces`
    std::string message_host;                  // right half of Message-IDs: letters, digits, dots, hyphens
    std::shared_ptr<const DkimSigner> dkim{};  // null: it leaves unsigned
    /// Where what comes back goes, with the tag of the message; null: it is not tagged.
    std::optional<Email> bounces{};
    std::shared_ptr<const crypto::EnvelopeTags> tags{};
};

struct MailParts {
    Email to;
    std::string subject;
    std::string text;      // plain text, LF or CRLF
    std::string html;      // the same in HTML
    OutboxId id;           // of the row
    Instant date;          // when the event happened, the same at every try
    std::string language;  // BCP 47
    std::string number{};  // "V-…", the same at every try; empty for rows from before there were numbers
    std::optional<std::int64_t> serial{};  // of the number, for the envelope's tag
};

/// The message for an outbox row. Two calls with equal parts give equal bytes. CHECK: subject and names
/// without control characters, bodies of valid UTF-8, a well-formed host and language.
ports::OutgoingMail compose(const Sender& sender, MailParts parts);

/// "<V-7K2M-XQ4T-9ABC-DEFG@host>": the message's number says nothing to those who carry it (M6), while a
/// row's id has its time in it. Without a number the id stands there.
std::string message_id(const MailParts& parts, std::string_view message_host);

/// RFC 5322 section 3.3, in UTC: "Sun, 22 Nov 2026 07:11:41 +0000".
std::string mail_date(Instant at);

}  // namespace sallyport::messages
