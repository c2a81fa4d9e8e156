#include "proof/blocklist_format.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <algorithm>

namespace sallyport::proof::blocklist_format {

namespace {

std::uint64_t read_u64(BytesView from) noexcept
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{from[i]} << (8 * i);
    return value;
}

bool is_ascii(std::string_view text) noexcept
{
    for (const char c : text) {
        if (c == '\0' || (static_cast<unsigned char>(c) & 0x80U) != 0) return false;
    }
    return true;
}

}  // namespace

std::optional<std::string> normalized(std::string_view password)
{
    if (!is_ascii(password)) return to_folded(password);
    // What NFKC_Casefold does to ASCII, without the way through UTF-16.
    std::string lower(password);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

Hash hash_of(std::string_view normalized, std::uint64_t seed)
{
    std::array<std::uint8_t, magic.size() + 8> key{};
    std::ranges::copy(as_bytes(magic), key.begin());
    for (unsigned i = 0; i < 8; ++i) key[magic.size() + i] = static_cast<std::uint8_t>(seed >> (8 * i));
    const crypto::Digest256 hash = crypto::hmac_sha256(key, as_bytes(normalized));
    return Hash{read_u64(BytesView(hash).first(8)), read_u64(BytesView(hash).subspan(8, 8))};
}

Probe probe_of(Hash hash, const Shape& shape) noexcept
{
    const std::size_t mask = shape.segment_slots - 1;
    const std::size_t starts = std::size_t{shape.segments} * shape.segment_slots;
    // The upper half of a product maps 32 even bits to [0, starts) without a division: starts is below 2^30.
    const std::size_t first = static_cast<std::size_t>(((hash.place >> 32U) * starts) >> 32U);
    const std::size_t second = (first + shape.segment_slots) ^ (hash.place & mask);
    const std::size_t third = (first + 2 * std::size_t{shape.segment_slots}) ^ ((hash.check >> 16U) & mask);
    return Probe{{first, second, third}, static_cast<std::uint16_t>(hash.check)};
}

crypto::Digest256 digest_of(BytesView file)
{
    const crypto::Digest256 slots = crypto::sha256(file.subspan(slots_offset));
    std::array<std::uint8_t, digest_offset + slots.size()> all{};
    const auto rest = std::ranges::copy(file.first(digest_offset), all.begin());
    std::ranges::copy(slots, rest.out);
    return crypto::sha256(all);
}

}  // namespace sallyport::proof::blocklist_format
