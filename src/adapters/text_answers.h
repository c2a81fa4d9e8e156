#pragma once
// What the services of text messages answer: short JSON from outside.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::adapters {

struct TextAnswer {
    std::optional<bool> accepted;      // of the webhook
    bool has_sid = false;              // of Twilio: it has the text
    std::optional<std::int64_t> code;  // of Twilio: its error
};
/// nullopt where the answer is no JSON object.
std::optional<TextAnswer> read_text_answer(std::string_view body);

}  // namespace sallyport::adapters
