#include "slices/factors/saved_part.h"

#include "base/text.h"

#include <string>

namespace sallyport::factors {

namespace {

char meant(char c, Spelling spelling) noexcept
{
    switch (spelling) {
    case Spelling::base32:
        if (c == '0') return 'O';
        if (c == '1') return 'I';
        return c == '8' ? 'B' : c;
    case Spelling::crockford:
        if (c == 'O') return '0';
        return c == 'I' || c == 'L' ? '1' : c;
    }
    return c;
}

std::string comparable(std::string_view text, Spelling spelling)
{
    auto letters = typed_letters_and_digits(text);
    if (!letters) return {};
    for (char& c : *letters) c = meant(c, spelling);
    return std::move(*letters);
}

}  // namespace

bool is_last_part(const Secret& saved, std::string_view typed, Spelling spelling, std::size_t characters_min)
{
    std::string whole = comparable(saved.reveal_text(), spelling);
    std::string part = comparable(typed, spelling);
    bool right = part.size() >= characters_min && part.size() <= whole.size();
    if (right) {
        const auto end = std::string_view(whole).substr(whole.size() - part.size());
        right = equal_constant_time(as_bytes(std::string_view(part)), as_bytes(end));
    }
    wipe_text(whole);
    wipe_text(part);
    return right;
}

}  // namespace sallyport::factors
