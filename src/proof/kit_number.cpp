#include "proof/kit_number.h"

namespace sallyport::proof {

std::string kit_number(const KitId& kit)
{
    constexpr std::size_t characters = 4;
    const std::string id = kit.text();
    std::string number = "K-";
    // The end of a UUIDv7 is random (RFC 9562 section 5.7).
    for (const char c : id.substr(id.size() - characters))
        number += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return number;
}

}  // namespace sallyport::proof
