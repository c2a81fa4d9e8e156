#pragma once
// A mail that a stranger uploads, taken apart: hostile MIME is expected. GMime reads it
// (docs/decisions/uploaded-mail-is-read-by-gmime.md); attachments are never opened, and everything has a
// limit.
#include "base/email.h"
#include "base/result.h"
#include "crypto/message_number.h"
#include "slices/messages/mail_content.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

inline constexpr std::size_t upload_bytes_max = 256UL * 1024;
/// Lines "Content-Type" in all of it: a bound on what the library takes apart, before it does.
inline constexpr std::size_t upload_types_max = 100;
inline constexpr int upload_nesting_max = 10;                 // multiparts and mails in one another
inline constexpr std::size_t upload_parts_max = 100;          // of all its mails
inline constexpr std::size_t upload_mails_max = 4;            // itself, and mails attached to it
inline constexpr std::size_t upload_numbers_max = 16;         // message numbers in the texts of one mail
inline constexpr std::size_t upload_header_bytes_max = 4096;  // of one header that is decoded

/// One mail: the upload itself, or one attached to it (message/rfc822).
struct UploadedMail {
    std::string raw;  // CRLF line ends: what signatures are of
    MailContent content;
    std::vector<std::string_view> added;          // what no mail of ours has: absent_headers, second ones of
                                                  // kept_headers, "attachment"
    std::optional<crypto::MessageNumber> number;  // of its Message-ID
    std::optional<Email> to;                      // where there is one recipient
    std::vector<crypto::MessageNumber> quoted;    // numbers in its text and HTML
    std::string around;                           // its text, as it is written: what may quote a mail
};

enum class UploadProblem : std::uint8_t {
    empty,
    too_large,       // more than upload_bytes_max
    too_complicated  // more parts, mails or levels than above
};

/// The upload itself first, then mails attached to it. What has no header at all is read as a text.
Result<std::vector<UploadedMail>, UploadProblem> read_upload(std::string_view bytes);

}  // namespace sallyport::messages
