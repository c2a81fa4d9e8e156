#pragma once
// A12: the anti-phishing words, shown and changed only after a fresh proof.
#include "base/record.h"
#include "policy/words.h"
#include "slices/account/ground.h"

namespace sallyport::account {

inline constexpr std::string_view show_words_purpose = "show_words";
inline constexpr std::string_view change_words_purpose = "change_words";

struct PreparedWords {
    std::optional<policy::words::Refusal> refusal;
    Hindrance hindrance;
    std::string words;              // as they will stand, for the summary
    std::optional<Secret> payload;  // what apply_words reads; set where nothing stands in the way
};
/// `typed` empty: we make them, in the account's language. That words are the password is told only for a
/// charged try.
Task<PreparedWords> prepare_words(proof::World& world, proof::Holder actor, std::string typed);

/// The deed: the old words are named in mail for a day, every address is told.
void apply_words(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                 const store::Account& account, const store::CredentialSet& credentials,
                 RecordReader& payload, Instant now);

}  // namespace sallyport::account
