#pragma once
// The request target, RFC 9112 section 3.2. The path is decoded once, here; whatever two readers could decode
// in two ways is refused.
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::http {

struct RequestTarget {
    std::string path;            // decoded, begins with a slash, no dot segments
    std::string_view raw_query;  // as sent, into the text given
    std::string_view authority;  // of the absolute form; empty in the origin form
};

/// Origin form ("/a?b") and absolute form ("http://host/a?b"); nullopt for anything else, for bytes that a
/// URI may not hold (RFC 3986), and for escapes that give NUL, control characters, slashes, backslashes or
/// invalid UTF-8.
std::optional<RequestTarget> parse_request_target(std::string_view text);

}  // namespace sallyport::http
