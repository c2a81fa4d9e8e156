#pragma once
// One GET for a command line (RFC 9110 section 9.3.1): nothing followed, nothing kept.
#include "base/result.h"

#include <string>

namespace sallyport::adapters {

/// The body of a 200 of at most 64 KiB, or why there is none, for whoever typed the command. `url`: https://,
/// or http:// on this machine. Takes at most 10 s.
Result<std::string, std::string> fetch(const std::string& url);

}  // namespace sallyport::adapters
