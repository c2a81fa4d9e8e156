#pragma once
// What stops a case or a change: 50 random bits in Crockford's base32, printed in two groups.
#include "ports/random.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::proof {

/// As rows are found by it, without a dash.
std::string fresh_stop_code(ports::Random& random);
/// "7K2MB-XQ4TR", as messages print it.
std::string shown_stop_code(std::string_view code);
/// What a person types of one; nullopt where it cannot be one.
std::optional<std::string> typed_stop_code(std::string_view typed);

}  // namespace sallyport::proof
