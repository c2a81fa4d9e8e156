#pragma once
// A10: a new password. Its rules are checked first, then a fresh proof is asked for, and only the hash waits
// for it.
#include "base/record.h"
#include "policy/passwords.h"
#include "slices/account/ground.h"

namespace sallyport::account {

inline constexpr std::string_view change_password_purpose = "change_password";

struct PreparedPassword {
    std::optional<policy::passwords::Refusal> refusal;
    Hindrance hindrance;
    std::optional<Secret> payload;  // what apply_password reads; set where nothing stands in the way
};
/// Judges and hashes. That a password is the present one is told only for a charged try: a stolen session
/// must not become a place to guess at it.
Task<PreparedPassword> prepare_password(proof::World& world, proof::Holder actor, Secret password);

/// While it is typed: everything that can be said without a hash and without telling anything of the account.
/// At most password_checks_max in password_checks_window; then nullopt inside `refusal` means nothing and
/// `limited` is set.
struct TypedVerdict {
    std::optional<policy::passwords::Refusal> refusal;
    std::int64_t least = 0;  // characters that this account's password needs
    bool limited = false;
};
inline constexpr std::int64_t password_checks_max = 120;
inline constexpr Duration password_checks_window = std::chrono::minutes{10};
Task<TypedVerdict> check_typed_password(proof::World& world, proof::Holder actor, Secret password);

/// The deed, in the transaction of its proof: the other sessions end, the old hash is remembered, every
/// address is told.
void apply_password(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                    const store::Account& account, store::CredentialSet& credentials, RecordReader& payload,
                    Instant now);

}  // namespace sallyport::account
