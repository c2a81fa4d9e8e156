#pragma once
// Content negotiation between the two renderings, RFC 9110 section 12.5.1.
#include <string_view>

namespace sallyport::http {

/// Whether JSON is wanted: application/json or a type ending in +json has a higher quality than text/html. A
/// wildcard (and no header at all) means a page. Entries that cannot be read are passed over.
bool prefers_json(std::string_view accept) noexcept;

}  // namespace sallyport::http
