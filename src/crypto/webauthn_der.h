#pragma once
// Just enough DER (X.690) to walk through the extensions that Android and Apple put into certificates.
// Definite, minimal lengths; views into the input.
#include "base/bytes.h"

#include <cstdint>
#include <optional>

namespace sallyport::crypto {

/// The first byte of universal tags, as they stand in DER.
inline constexpr std::uint32_t der_integer = 0x02, der_octets = 0x04, der_null = 0x05, der_enumerated = 0x0a,
                               der_sequence = 0x30, der_set = 0x31;
/// An explicit, context-specific tag.
constexpr std::uint32_t der_context(std::uint32_t number) noexcept { return 0x10000U | number; }

struct DerItem {
    std::uint32_t tag = 0;  ///< first byte of a universal tag, or der_context(number)
    BytesView content;
};

class DerReader {
public:
    explicit DerReader(BytesView bytes) : m_rest(bytes) {}
    /// The next item; nullopt at the end and where the bytes are no DER (then `is_at_end` stays false).
    std::optional<DerItem> next();
    /// The content of the next item, which must have this tag.
    std::optional<BytesView> next(std::uint32_t tag);
    [[nodiscard]] bool is_at_end() const noexcept { return m_rest.empty(); }

private:
    std::optional<std::uint32_t> take_tag(BytesView& rest) const;
    BytesView m_rest;
};

/// A non-negative INTEGER's or ENUMERATED's content, below 2^32.
std::optional<std::uint32_t> der_number(BytesView content);

}  // namespace sallyport::crypto
