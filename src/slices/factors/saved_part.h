#pragma once
// Proof that something was saved: its last characters are typed from the sheet, which is out of sight by
// then.
#include "base/secret.h"

#include <cstdint>
#include <string_view>

namespace sallyport::factors {

/// How the saved text is spelled, and so which characters people take for others.
enum class Spelling : std::uint8_t {
    base32,     // RFC 4648 section 6: an app's key; 0, 1 and 8 do not occur and stand for O, I and B
    crockford,  // a recovery code; O, I and L do not occur and stand for 0, 1 and 1
};

/// Whether `typed` is how `saved` ends, in at least `characters_min` characters. Any case and separators;
/// takes the same time wherever they differ.
bool is_last_part(const Secret& saved, std::string_view typed, Spelling spelling, std::size_t characters_min);

}  // namespace sallyport::factors
