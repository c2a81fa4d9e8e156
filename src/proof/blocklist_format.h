#pragma once
// The file of the password blocklist: a 3-wise binary fuse filter with 16-bit fingerprints (Graf and Lemire,
// "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022). Shared by the reader and by
// tools/blocklist, which makes the file, so that both normalise and hash alike. All numbers are
// little-endian:
//     0  8 bytes   "SPBLOCK1"
//     8  uint32    slots in a segment, a power of two
//    12  uint32    segments in which a probe may start (the filter has two more)
//    16  uint64    rows
//    24  uint64    seed
//    32  32 bytes  SHA-256 of bytes 0 to 31 and the SHA-256 of the slots
//    64  uint16…   slots
// A password is in the list when the exclusive or of its three slots equals its fingerprint. Every row that
// went in is found; anything else is found with probability 1/65536 (0.0015 %).
#include "base/bytes.h"
#include "crypto/hash.h"

#include <array>
#include <optional>
#include <string>

namespace sallyport::proof::blocklist_format {

inline constexpr std::string_view magic = "SPBLOCK1";
inline constexpr std::size_t segment_slots_offset = 8;
inline constexpr std::size_t segments_offset = 12;
inline constexpr std::size_t rows_offset = 16;
inline constexpr std::size_t seed_offset = 24;
inline constexpr std::size_t digest_offset = 32;
inline constexpr std::size_t digest_bytes = 32;
inline constexpr std::size_t slots_offset = digest_offset + digest_bytes;
inline constexpr std::uint32_t segment_slots_max = 1U << 18U;
inline constexpr std::uint32_t segments_max = 1U << 12U;

/// Where the filter's slots lie, and how they are hashed.
struct Shape {
    std::uint32_t segment_slots = 0;
    std::uint32_t segments = 0;
    std::uint64_t seed = 0;

    [[nodiscard]] std::size_t slots() const noexcept { return (std::size_t{segments} + 2) * segment_slots; }
};

/// Three slots, all different, and what they must add up to.
struct Probe {
    std::array<std::size_t, 3> slots{};
    std::uint16_t fingerprint = 0;

    friend bool operator==(const Probe&, const Probe&) = default;
};

/// 128 bits of HMAC-SHA-256 under magic and seed; no secret, since the list is public.
struct Hash {
    std::uint64_t place = 0;
    std::uint64_t check = 0;

    friend auto operator<=>(const Hash&, const Hash&) = default;
};

/// The form in which passwords are compared: NFKC with case folding (base/text.h, to_folded), so that case,
/// full-width letters and ligatures do not hide a row. nullopt where the text is not valid UTF-8.
std::optional<std::string> normalized(std::string_view password);

Hash hash_of(std::string_view normalized, std::uint64_t seed);
Probe probe_of(Hash hash, const Shape& shape) noexcept;
/// The digest that the file should hold. `file` has at least the header.
crypto::Digest256 digest_of(BytesView file);

}  // namespace sallyport::proof::blocklist_format
