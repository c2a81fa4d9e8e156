#pragma once
// The account row: whose it is, its language and its anti-phishing words. Its power stands in
// store/credentials.h.
#include "base/email.h"
#include "base/ids.h"
#include "base/time.h"
#include "crypto/password_hash.h"
#include "db/database.h"
#include "store/credentials.h"
#include "store/keys.h"

#include <optional>
#include <string>

namespace sallyport::store {

/// The anti-phishing words. For 24 h after a change mail also tells the words before.
struct Words {
    std::string now;
    std::string before;  // empty: never changed
    Instant changed_at;
};

struct Account {
    AccountId id;
    std::string language;  // BCP 47
    Words words;
    Instant created_at;
};

/// The one statement that every sign-in, sign-up and reset runs, whether the address is known or not.
/// `email_key`: Email::key().
std::optional<AccountId> find_account(db::Tx& tx, const std::string& email_key);

/// Inserts the account and its credentials. ConstraintViolation where the address has an account already.
void create_account(db::Tx& tx, const Keys& keys, const Account& account, const Email& email,
                    CredentialSet& credentials);

/// The account must exist. Throws TamperedRow where its words do not open.
Account load_account(db::Tx& tx, const Keys& keys, const AccountId& id);
/// The statement of load_account() for an account that is not there.
void load_no_account(db::Tx& tx, const AccountId& nobody);
void set_words(db::Tx& tx, const Keys& keys, const AccountId& id, const Words& words);
void set_language(db::Tx& tx, const AccountId& id, std::string_view language);

/// Argon2id parameters that some stored hash has or had; every failed sign-in costs the dearest of them.
void note_hash_parameters(db::Tx& tx, crypto::HashParameters parameters);
/// nullopt where no hash was stored yet.
std::optional<crypto::HashParameters> dearest_hash_parameters(db::Tx& tx);

/// The last `count` password hashes before the present one, newest first.
std::vector<StoredHash> old_passwords(db::Tx& tx, const AccountId& id, std::int64_t count);
/// Remembers a replaced hash and forgets all but the newest `keep`.
void remember_old_password(db::Tx& tx, const AccountId& id, FactorId row, const StoredHash& hash, Instant now,
                           std::int64_t keep);

}  // namespace sallyport::store
