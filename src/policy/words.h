#pragma once
// Which anti-phishing words a person may choose (ux.md A12; policy.md, "Places where others were fooled").
// The words stand at the top of each of our mails, in clear: they must hold nothing that opens the account,
// no code, and nothing that a writer of fakes would guess.
#include <cstdint>
#include <optional>

namespace sallyport::policy::words {

struct Limits {
    std::int64_t characters_min = 6;  // code points after NFC, of the trimmed text with single spaces
    std::int64_t characters_max = 32;
    std::int64_t letters_min = 3;  // so that they read as words, never as a code
    std::int64_t digits_max = 4;   // of any script: no code of 6 fits
};

/// What is known of the words. `is_password` costs a slow hash: ask `judge` first with it false, and again
/// with it filled in only when it refused nothing.
struct Facts {
    std::int64_t characters = 0;
    std::int64_t letters = 0;
    std::int64_t digits = 0;
    bool well_formed = true;        // letters with their marks, digits and spaces, nothing else
    bool has_brand = false;         // the operator's name or host stands in them
    bool has_address_part = false;  // a part of the person's address stands in them
    bool is_common = false;         // known from leaks, or a phrase that everybody knows
    bool is_current = false;        // the words that stand already
    bool is_password = false;       // the account's password
};

/// In order of precedence: what is cheap to say and repair comes first.
enum class Refusal : std::uint8_t {
    malformed,
    too_long,
    too_short,
    too_many_digits,
    too_few_letters,
    brand,
    address_part,
    common,
    is_current,
    is_password,
};
std::optional<Refusal> judge(const Facts& facts, const Limits& limits) noexcept;

}  // namespace sallyport::policy::words
