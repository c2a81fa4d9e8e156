#pragma once
// The members of one JSON object (RFC 8259), for collected client data (WebAuthn level 3, section 5.8.1).
// Strict: well-formed UTF-8 without NUL or byte order mark, no name twice, surrogates in pairs, nothing after
// the object.
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::crypto {

inline constexpr int json_levels_max = 8;
inline constexpr std::size_t json_members_max = 64;

struct JsonMember {
    struct Other {};  ///< null, a number, an array or an object: checked and left out
    std::string name;
    std::variant<Other, bool, std::string> value;
};

enum class JsonProblem : std::uint8_t { malformed, twice, too_large };

/// Names inside nested objects are not compared.
Result<std::vector<JsonMember>, JsonProblem> read_json_object(std::string_view text);

}  // namespace sallyport::crypto
