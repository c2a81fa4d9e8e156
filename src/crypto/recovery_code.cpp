#include "crypto/recovery_code.h"

#include "base/check.h"
#include "base/text.h"
#include "crypto/canonical.h"

#include <algorithm>
#include <optional>

namespace sallyport::crypto {

namespace {

constexpr std::size_t letters_count = 16;
constexpr std::size_t digits_count = 25;  // 2^80 has 25 digits
constexpr std::size_t letters_group = 4;
constexpr std::size_t digits_group = 5;
constexpr std::size_t number_digits_max = 2;

Secret printed(int index, std::string plain, std::size_t group)
{
    std::string out;
    out.reserve(64);
    out += std::to_string(index);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (i % group == 0) out += '-';
        out += plain[i];
    }
    Secret secret = Secret::from_text(out);
    wipe_text(plain);
    wipe_text(out);
    return secret;
}

/// The bytes as one big-endian number, in decimal with leading zeros.
std::string to_decimal(BytesView bytes)
{
    Bytes rest(bytes.begin(), bytes.end());
    std::string digits(digits_count, '0');
    for (std::size_t i = digits_count; i > 0; --i) {
        unsigned carry = 0;
        for (std::uint8_t& byte : rest) {
            const unsigned value = carry * 256U + byte;
            byte = static_cast<std::uint8_t>(value / 10U);
            carry = value % 10U;
        }
        digits[i - 1] = static_cast<char>('0' + carry);
    }
    return digits;
}

/// nullopt above 2^80 - 1.
std::optional<Bytes> from_decimal(std::string_view digits)
{
    Bytes bytes(recovery_code_bytes);
    for (const char digit : digits) {
        unsigned carry = static_cast<unsigned>(digit - '0');
        for (std::size_t i = bytes.size(); i > 0; --i) {
            const unsigned value = bytes[i - 1] * 10U + carry;
            bytes[i - 1] = static_cast<std::uint8_t>(value);
            carry = value >> 8U;
        }
        if (carry != 0) return std::nullopt;
    }
    return bytes;
}

bool all_digits(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Bytes> decoded(std::string_view code)
{
    if (code.size() == letters_count) return from_crockford(code);
    if (code.size() == digits_count && all_digits(code)) return from_decimal(code);
    return std::nullopt;
}

/// The number on the sheet, with the same leniency as the letters: O is 0, I and L are 1.
std::optional<int> number_from(std::string_view text)
{
    int number = 0;
    for (const char c : text) {
        int digit = c - '0';
        if (c == 'O') digit = 0;
        if (c == 'I' || c == 'L') digit = 1;
        if (digit < 0 || digit > 9) return std::nullopt;
        number = number * 10 + digit;
    }
    return number >= 1 && number <= recovery_index_max ? std::optional<int>(number) : std::nullopt;
}

}  // namespace

RecoveryCode new_recovery_code(int index, const RandomSource& random)
{
    CHECK(index >= 1 && index <= recovery_index_max);
    Bytes bits(recovery_code_bytes);
    random.fill(bits);
    return {index, Secret(std::move(bits))};
}

Secret letters_form(const RecoveryCode& code)
{
    return printed(code.index, to_crockford(code.bits.reveal()), letters_group);
}

Secret digits_form(const RecoveryCode& code)
{
    return printed(code.index, to_decimal(code.bits.reveal()), digits_group);
}

Result<RecoveryCode, RecoveryCodeProblem> parse_recovery_code(std::string_view typed)
{
    std::string text(typed);
    std::ranges::replace(text, ':', '-');
    const auto plain = typed_letters_and_digits(text);
    wipe_text(text);
    if (!plain) return failure(RecoveryCodeProblem::malformed);
    const std::size_t count =
        plain->size() > letters_count + number_digits_max ? digits_count : letters_count;
    if (plain->size() < count || plain->size() > count + number_digits_max) {
        return failure(RecoveryCodeProblem::malformed);
    }
    const std::size_t number_size = plain->size() - count;
    auto bits = decoded(std::string_view(*plain).substr(number_size));
    if (!bits) return failure(RecoveryCodeProblem::malformed);
    if (number_size == 0) return failure(RecoveryCodeProblem::number_missing);
    const auto number = number_from(std::string_view(*plain).substr(0, number_size));
    if (!number) return failure(RecoveryCodeProblem::malformed);
    return RecoveryCode{*number, Secret(std::move(*bits))};
}

HashInput recovery_input(const Peppers& peppers, std::int64_t pepper, const AccountId& account,
                         const RecoveryCode& code)
{
    // A password is keyed as plain text, which holds no NUL; this encoding always does: the two never meet.
    const Canonical data("recovery_code", 1, {account.value(), code.index, code.bits.reveal()});
    return peppers.keyed(data.bytes(), pepper);
}

}  // namespace sallyport::crypto
