#pragma once
// The one place that speaks to GMime: a mail's parts, and the words of its headers. What comes back is bytes
// from outside, in UTF-8 where its author told the truth.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages::gmime {

struct Limits {
    int nesting_max;
    std::size_t parts_max;
    std::size_t mails_max;
};

struct ReadMail {
    std::string raw;
    std::optional<std::string> text;  // the first text/plain that is no attachment
    std::optional<std::string> html;  // the first text/html
    bool has_other_parts = false;     // any part besides those two; none of them is decoded
};

/// The mail itself first, then those attached to it. nullopt beyond a limit. `raw` has a header.
std::optional<std::vector<ReadMail>> read(std::string raw, const Limits& limits);

/// RFC 2047, unfolded. `value` has no NUL, as in the next three.
std::string decoded_text(std::string_view value);
/// `Name <address>`, by commas where there are several; names decoded.
std::string addresses(std::string_view value);
/// The address where `value` is one mailbox; else empty.
std::string one_address(std::string_view value);
/// "type/subtype" in lower case.
std::string media_type(std::string_view value);

}  // namespace sallyport::messages::gmime
