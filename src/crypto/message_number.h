#pragma once
// The number that every message of ours carries, "V-7K2M-XQ4T-9ABC-DEFG" (policy.md, M6), and which is
// genuine only together with the address or phone number that it was sent to.
//
//   characters   1 … 8      9 … 15     16
//   bits         40         35         5
//                serial,    MAC of     check
//                permuted   serial and
//                           recipient
//
// Sixteen characters of Crockford's base32, five bits each, most significant first.
//   serial   the message's row (store/outbox.h). A Feistel network over 40 bits, two halves of 20, ten rounds
//            as in FF1 (NIST SP 800-38G), whose round function is HMAC-SHA-256: a number that somebody shows
//            tells neither how much mail leaves nor, beside a copy of the database, whose it was.
//   MAC      the first 35 bits of HMAC-SHA-256 over serial and recipient: who copies a number into a mail to
//            somebody else has a number that is not genuine there.
//   check    over GF(32) with x^5 + x^2 + 1: the sum of a^i c(i) is zero, a being the field's generator and
//            i = 0 for the last character up to 15 for the first. All sixteen weights differ, so that every
//            wrong character and every swap of two characters, wherever they stand, is found; of anything
//            else 1 in 32 is not. It is public and proves nothing: it tells a slip of the hand from a number
//            that is not ours.
#include "base/result.h"
#include "crypto/mac.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::crypto {

inline constexpr int message_serial_bits = 40;
inline constexpr int message_mac_bits = 35;
inline constexpr std::int64_t message_serials = std::int64_t{1} << message_serial_bits;

/// Its two parts as they are printed, not yet known to be ours.
struct MessageNumber {
    std::uint64_t serial;  // permuted, below 2^40
    std::uint64_t mac;     // below 2^35
    friend bool operator==(const MessageNumber&, const MessageNumber&) = default;
};

/// "V-7K2M-XQ4T-9ABC-DEFG".
std::string shown(const MessageNumber& number);

enum class MessageNumberProblem : std::uint8_t {
    malformed,  // not sixteen characters of the alphabet
    mistyped    // a character is wrong, or two have changed places
};
/// What people type, at most 128 bytes: with or without "V-", any case, separators or none, O for 0, I and L
/// for 1, full-width letters, any script's digits.
Result<MessageNumber, MessageNumberProblem> parse_message_number(std::string_view typed);

/// Makes numbers and recognises them, under two keys derived from the index key of the key file. Replacing
/// that key makes the numbers of all earlier messages unknown.
class MessageNumbers {
public:
    explicit MessageNumbers(const IndexKey& key);

    /// `serial`: 0 … 2^40 - 1. `recipient`: Email::key() or PhoneNumber::e164().
    [[nodiscard]] MessageNumber make(std::int64_t serial, std::string_view recipient) const;
    /// Of any number, ours or not.
    [[nodiscard]] std::int64_t serial_of(const MessageNumber& number) const;
    /// Same time whether it is or not.
    [[nodiscard]] bool is_for(const MessageNumber& number, std::string_view recipient) const;

private:
    [[nodiscard]] std::uint64_t round(int number, std::uint64_t half) const;
    [[nodiscard]] std::uint64_t mac_of(std::int64_t serial, std::string_view recipient) const;
    Secret m_serial_key;
    Secret m_recipient_key;
};

}  // namespace sallyport::crypto
