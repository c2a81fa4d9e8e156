#pragma once
// The head of a mail that comes from outside, as bytes: where its headers are, and where its body begins.
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// Headers of one mail that are looked at; the rest counts as none.
inline constexpr std::size_t mail_headers_max = 500;

struct MailHeader {
    std::string name;      // in lower case, without white space before the colon
    std::string_view raw;  // of the mail, with its folded lines and the CRLF at its end
};
struct MailHead {
    std::vector<MailHeader> headers;
    std::string_view body;
    bool has_other_lines = false;  // some line is no header, or there are too many
};
/// RFC 5322 section 2.2. `mail` has CRLF line ends (with_crlf) and outlives the answer.
MailHead head_of(std::string_view mail);

/// ASCII letters only.
std::string lowered(std::string_view text);

/// Every line end (LF, CRLF) becomes CRLF; a lone CR stays. A line "From …" of a mailbox file before the
/// first header, a byte-order mark and empty lines before it go away.
std::string with_crlf(std::string_view mail);

}  // namespace sallyport::messages
