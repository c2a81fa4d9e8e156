#include "crypto/message_number.h"

#include "base/check.h"
#include "base/text.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"

namespace sallyport::crypto {

namespace {

constexpr std::size_t characters = 16;
constexpr std::size_t group = 4;
constexpr int check_bits = 5;
constexpr int half_bits = message_serial_bits / 2;
constexpr std::uint64_t half_mask = (std::uint64_t{1} << half_bits) - 1;
constexpr int rounds = 10;
static_assert(message_serial_bits + message_mac_bits + check_bits == characters * 5);

/// The first `count` bits.
std::uint64_t first_bits(const Digest256& digest, int count)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8U | digest[i];
    return value >> (64 - count);
}

/// a c in GF(32), a being x and x^5 = x^2 + 1.
unsigned times_generator(unsigned c) { return (c & 16U) != 0 ? (c << 1U ^ 37U) : c << 1U; }

/// The five-bit characters of a number, the check being the last.
std::array<unsigned, characters> values_of(const MessageNumber& number, unsigned check)
{
    std::array<unsigned, characters> values{};
    for (std::size_t i = 0; i < 8; ++i) values[i] = number.serial >> (35 - 5 * i) & 31U;
    for (std::size_t i = 0; i < 7; ++i) values[8 + i] = number.mac >> (30 - 5 * i) & 31U;
    values[characters - 1] = check;
    return values;
}

/// Zero where the check is right.
unsigned weighted_sum(const std::array<unsigned, characters>& values)
{
    unsigned sum = 0;
    for (const unsigned value : values) sum = times_generator(sum) ^ value;
    return sum;
}

/// The number's 80 bits, most significant first.
Bytes packed(const std::array<unsigned, characters>& values)
{
    Bytes bytes;
    unsigned held = 0;
    unsigned bits = 0;
    for (const unsigned value : values) {
        held = held << 5U | value;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

}  // namespace

std::string shown(const MessageNumber& number)
{
    // Its weight is one: the check is what the others add up to.
    const unsigned check = weighted_sum(values_of(number, 0));
    const std::string plain = to_crockford(packed(values_of(number, check)));
    std::string out = "V";
    for (std::size_t i = 0; i < plain.size(); i += group) out.append("-").append(plain, i, group);
    return out;
}

Result<MessageNumber, MessageNumberProblem> parse_message_number(std::string_view typed)
{
    const auto plain = typed_letters_and_digits(typed);
    if (!plain) return failure(MessageNumberProblem::malformed);
    std::string_view code = *plain;
    if (code.size() == characters + 1 && code.front() == 'V') code.remove_prefix(1);
    const auto bytes = code.size() == characters ? from_crockford(code) : std::nullopt;
    if (!bytes) return failure(MessageNumberProblem::malformed);
    MessageNumber number{0, 0};
    for (std::size_t i = 0; i < 5; ++i) number.serial = number.serial << 8U | (*bytes)[i];
    for (std::size_t i = 5; i < 10; ++i) number.mac = number.mac << 8U | (*bytes)[i];
    const unsigned check = number.mac & 31U;
    number.mac >>= check_bits;
    if (weighted_sum(values_of(number, check)) != 0) return failure(MessageNumberProblem::mistyped);
    return number;
}

MessageNumbers::MessageNumbers(const IndexKey& key)
    : m_serial_key(key.of("message-number.serial", "")),
      m_recipient_key(key.of("message-number.recipient", ""))
{
}

std::uint64_t MessageNumbers::round(int number, std::uint64_t half) const
{
    const Canonical input("message-number.round", 1, {number, half});
    return first_bits(hmac_sha256(m_serial_key.reveal(), input.bytes()), half_bits);
}

std::uint64_t MessageNumbers::mac_of(std::int64_t serial, std::string_view recipient) const
{
    const Canonical input("message-number.mac", 1, {serial, recipient});
    return first_bits(hmac_sha256(m_recipient_key.reveal(), input.bytes()), message_mac_bits);
}

MessageNumber MessageNumbers::make(std::int64_t serial, std::string_view recipient) const
{
    CHECK(serial >= 0 && serial < message_serials);
    std::uint64_t left = static_cast<std::uint64_t>(serial) >> half_bits;
    std::uint64_t right = static_cast<std::uint64_t>(serial) & half_mask;
    for (int i = 0; i < rounds; ++i) {
        const std::uint64_t next = left ^ round(i, right);
        left = right;
        right = next;
    }
    return {left << half_bits | right, mac_of(serial, recipient)};
}

std::int64_t MessageNumbers::serial_of(const MessageNumber& number) const
{
    std::uint64_t left = number.serial >> half_bits & half_mask;
    std::uint64_t right = number.serial & half_mask;
    for (int i = rounds - 1; i >= 0; --i) {
        const std::uint64_t before = right ^ round(i, left);
        right = left;
        left = before;
    }
    return static_cast<std::int64_t>(left << half_bits | right);
}

bool MessageNumbers::is_for(const MessageNumber& number, std::string_view recipient) const
{
    // One subtraction, whatever the digits: nothing is compared one by one.
    return (mac_of(serial_of(number), recipient) ^ number.mac) == 0;
}

}  // namespace sallyport::crypto
