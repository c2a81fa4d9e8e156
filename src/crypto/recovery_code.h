#pragma once
// A recovery code is its number on the sheet and 80 random bits. The number is part of what is printed and
// typed
// ("3-ABCD-EFGH-JKMN-PQRS"), because it names the one row to compare with: one slow hash a try (policy.md).
//   letters      number, then 16 characters of Crockford's base32 in groups of four
//   digits only  number, then 25 decimal digits in groups of five, for keyboards without Latin letters
// Both spell the same 80 bits; their lengths tell them apart (17 or 18, and 26 or 27, without separators).
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/password_hash.h"
#include "crypto/random_source.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::crypto {

inline constexpr int recovery_index_max = 99;
inline constexpr std::size_t recovery_code_bytes = 10;

struct RecoveryCode {
    int index;    // 1 … 99, the number on the sheet
    Secret bits;  // 10 bytes
};
enum class RecoveryCodeProblem : std::uint8_t {
    number_missing,  // a whole code, but without its number: the page can say so
    malformed
};

RecoveryCode new_recovery_code(int index, const RandomSource& random);
/// Printed forms, with the number.
Secret letters_form(const RecoveryCode& code);
Secret digits_form(const RecoveryCode& code);
/// What people type: either form, any case, separators or none, a colon after the number, O for 0, I and L
/// for 1, full-width letters, any script's digits.
Result<RecoveryCode, RecoveryCodeProblem> parse_recovery_code(std::string_view typed);

/// HMAC-SHA-256(pepper, account, index, code): goes to PasswordPool. Bound to the account and the number.
HashInput recovery_input(const Peppers& peppers, std::int64_t pepper, const AccountId& account,
                         const RecoveryCode& code);

}  // namespace sallyport::crypto
