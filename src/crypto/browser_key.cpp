#include "crypto/browser_key.h"

#include "crypto/cose_key.h"

#include <algorithm>
#include <optional>

namespace sallyport::crypto {

namespace {

constexpr std::size_t coordinate_bytes = 32;
constexpr std::uint8_t uncompressed = 0x04;

/// RFC 9053 section 7.1.1: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}, canonical.
std::optional<CosePublicKey> parse(BytesView point)
{
    if (point.size() != browser_key_bytes || point[0] != uncompressed) return std::nullopt;
    Bytes cose{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20};
    const auto x = point.subspan(1, coordinate_bytes);
    const auto y = point.subspan(1 + coordinate_bytes, coordinate_bytes);
    cose.insert(cose.end(), x.begin(), x.end());
    cose.insert(cose.end(), {0x22, 0x58, 0x20});
    cose.insert(cose.end(), y.begin(), y.end());
    auto key = CosePublicKey::parse(cose);
    if (!key) return std::nullopt;
    return std::move(*key);
}

/// X.690 section 8.3: as few bytes as there can be, and none that makes it negative.
void append_integer(Bytes& der, BytesView number)
{
    const auto first = std::ranges::find_if(number, [](std::uint8_t byte) { return byte != 0; });
    Bytes digits(first, number.end());
    if (digits.empty() || digits[0] >= 0x80) digits.insert(digits.begin(), 0);
    der.push_back(0x02);
    der.push_back(static_cast<std::uint8_t>(digits.size()));
    der.insert(der.end(), digits.begin(), digits.end());
}

Bytes der_of(BytesView signature)
{
    Bytes numbers;
    append_integer(numbers, signature.first(coordinate_bytes));
    append_integer(numbers, signature.subspan(coordinate_bytes));
    Bytes der{0x30, static_cast<std::uint8_t>(numbers.size())};
    der.insert(der.end(), numbers.begin(), numbers.end());
    return der;
}

}  // namespace

bool is_browser_key(BytesView point) { return parse(point).has_value(); }

bool browser_key_verifies(BytesView point, BytesView message, BytesView signature)
{
    if (signature.size() != browser_signature_bytes) return false;
    const auto key = parse(point);
    return key && key->verifies(message, der_of(signature));
}

}  // namespace sallyport::crypto
