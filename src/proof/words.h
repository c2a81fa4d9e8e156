#pragma once
// Anti-phishing words: made by us, or chosen by the person. They are no secret that opens anything, but only
// a mail of ours carries them.
#include "base/email.h"
#include "policy/words.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::proof {

/// Two different words of the language's list and a number from 10 to 99: "amber river 48". A language
/// without a list takes English ones. `language`: BCP 47.
std::string generate_words(ports::Random& random, std::string_view language);

/// The words as they are stored: NFC, no space at the ends, one between words. nullopt where the text is no
/// text.
std::optional<std::string> tidy_words(std::string_view typed);

/// Everything but the password. `tidy`: of tidy_words. `current`: may be empty.
std::optional<policy::words::Refusal> judge_words(const World& world, std::string_view tidy,
                                                  const Email& address, std::string_view current);

/// Whether the words are the account's password, as they stand or without spaces: one slow hash where they
/// have no space, else two. The caller has charged a try, since this tells whether a guess is right.
struct WordsVerdict {
    std::optional<policy::words::Refusal> refusal;
    std::optional<std::int64_t> busy_seconds;  // not judged to the end: try again then
};
Task<WordsVerdict> compare_words(World& world, std::string tidy, std::optional<store::StoredHash> password);

/// New ones take the place of words that somebody else may have read: as an address leaves the account, and
/// where its owner says that a mailbox is not theirs alone. The caller owes the line in the history.
void renew_words(db::Tx& tx, const World& world, const AccountId& account, Instant now);

/// The list that generate_words draws from.
std::span<const std::string_view> words_of(std::string_view language);

}  // namespace sallyport::proof
