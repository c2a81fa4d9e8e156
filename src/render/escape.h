#pragma once
// One function for each place where a value may stand in a page (WHATWG HTML section 13.2; RFC 3986; RFC
// 8259). The template compiler chooses; nobody else calls these by hand.
#include <string>
#include <string_view>

namespace sallyport::render {

/// Text, quoted attribute values, <title> and <textarea>: & < > " ' become references; NUL becomes U+FFFD.
void escape_html(std::string& out, std::string_view text);
/// A part of a query: everything but RFC 3986 unreserved characters is percent-encoded.
void escape_query_part(std::string& out, std::string_view text);
/// A part of a path: the same, but nothing, "." and ".." are written as "-", because they would change the
/// path (browsers read "%2E" as a dot).
void escape_url_part(std::string& out, std::string_view text);
/// A whole URL of ours: "/path…" (not "//" or "/\") or https://host…; anything else is written as
/// blocked_url.
void escape_url(std::string& out, std::string_view host, std::string_view url);
/// A whole URL that leaves us: https, http, otpauth, or a scheme of an app with a dot in it (RFC 8252
/// section 7.1). Never javascript:, data:, vbscript:, file:, blob:, about:.
void escape_outside_url(std::string& out, std::string_view url);
/// A line of a text/plain mail: line breaks and control characters become a space, and none of them doubles.
void escape_plain(std::string& out, std::string_view text);
/// A JSON string without its quotes; < > & U+2028 U+2029 are escaped too, so that it may stand in any page.
void escape_json(std::string& out, std::string_view text);

inline constexpr std::string_view blocked_url = "about:invalid#blocked";

}  // namespace sallyport::render
