#include "policy/words.h"

namespace sallyport::policy::words {

std::optional<Refusal> judge(const Facts& facts, const Limits& limits) noexcept
{
    if (!facts.well_formed) return Refusal::malformed;
    if (facts.characters > limits.characters_max) return Refusal::too_long;
    if (facts.characters < limits.characters_min) return Refusal::too_short;
    if (facts.digits > limits.digits_max) return Refusal::too_many_digits;
    if (facts.letters < limits.letters_min) return Refusal::too_few_letters;
    if (facts.has_brand) return Refusal::brand;
    if (facts.has_address_part) return Refusal::address_part;
    if (facts.is_common) return Refusal::common;
    if (facts.is_current) return Refusal::is_current;
    if (facts.is_password) return Refusal::is_password;
    return std::nullopt;
}

}  // namespace sallyport::policy::words
