#include "proof/blocklist_format.h"

#include "base/text.h"

#include <sodium.h>

#include <cstring>

namespace sallyport::proof::blocklist_format {

namespace {

std::uint64_t read_u64(const unsigned char* from) noexcept
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

} // namespace

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

Hash hash_of(std::string_view normalized, std::uint64_t seed) noexcept
{
    std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> key{};
    std::memcpy(key.data(), magic.data(), magic.size());
    for (unsigned i = 0; i < 8; ++i) key[8 + i] = static_cast<unsigned char>(seed >> (8 * i));
    std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> out{};
    const BytesView text = as_bytes(normalized);
    crypto_shorthash_siphashx24(out.data(), text.data(), text.size(), key.data());
    return Hash{read_u64(out.data()), read_u64(out.data() + 8)};
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

std::array<std::uint8_t, digest_bytes> digest_of(BytesView file) noexcept
{
    std::array<std::uint8_t, digest_bytes> digest{};
    crypto_generichash_state state{};
    crypto_generichash_init(&state, nullptr, 0, digest.size());
    crypto_generichash_update(&state, file.data(), digest_offset);
    crypto_generichash_update(&state, file.data() + slots_offset, file.size() - slots_offset);
    crypto_generichash_final(&state, digest.data(), digest.size());
    return digest;
}

} // namespace sallyport::proof::blocklist_format
