#pragma once
// What a person recognises of a User-Agent header: "Firefox on Linux". For lists and mails, never for a
// decision.
#include <string>
#include <string_view>

namespace sallyport::access {

/// Names of a few words from fixed lists, so that no text of a stranger's ever stands in a mail or a list.
std::string browser_words(std::string_view user_agent);

}  // namespace sallyport::access
