#pragma once
// The sender's address in the envelope of a mail (RFC 5321 section 4.4, the reverse path), so that what comes
// back names the message and cannot be made up: "bounces+" tag "@mail.example".
//
//   characters   1 … 8      9 … 24
//   bits         40         80
//                serial     MAC of the serial
//
// Crockford's base32 in lower case: relays may change the case of what they return. The serial is the row's
// (store/outbox.h), drawn and not counted. The recipient and every relay on the way see a tag, which says
// only that the message was ours: how much a report with one is believed is policy's (deliverability.h).
#include "crypto/mac.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::crypto {

inline constexpr std::size_t envelope_tag_characters = 24;
/// RFC 5321 section 4.5.3.1.1: what a local part may have beside "+" and the tag.
inline constexpr std::size_t tagged_local_part_max = 64 - 1 - envelope_tag_characters;

class EnvelopeTags {
public:
    explicit EnvelopeTags(const IndexKey& key);

    /// `serial`: 0 … 2^40 - 1.
    [[nodiscard]] std::string make(std::int64_t serial) const;
    /// The serial in the tag of an address ("…+TAG@…"), or nothing where there is none that is ours.
    [[nodiscard]] std::optional<std::int64_t> serial_in(std::string_view address) const;

private:
    Secret m_key;
};

/// "bounces@mail.example" with a tag.
std::string tagged_address(std::string_view address, std::string_view tag);

}  // namespace sallyport::crypto
