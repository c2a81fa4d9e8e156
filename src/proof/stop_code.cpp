#include "proof/stop_code.h"

#include "base/text.h"

namespace sallyport::proof {

namespace {

// Crockford's base32: 10 characters of 5 bits.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t stop_code_characters = 10;
constexpr std::size_t stop_code_group = 5;

}  // namespace

std::string fresh_stop_code(ports::Random& random)
{
    std::string code;
    for (std::size_t i = 0; i < stop_code_characters; ++i)
        code += alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
    return code;
}

std::string shown_stop_code(std::string_view code)
{
    std::string shown(code.substr(0, stop_code_group));
    shown.append("-").append(code.substr(stop_code_group));
    return shown;
}

std::optional<std::string> typed_stop_code(std::string_view typed)
{
    auto code = typed_letters_and_digits(typed);
    if (!code || code->size() != stop_code_characters) return std::nullopt;
    for (char& c : *code) {
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (alphabet.find(c) == std::string_view::npos) return std::nullopt;
    }
    return code;
}

}  // namespace sallyport::proof
