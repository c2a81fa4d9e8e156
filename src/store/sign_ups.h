#pragma once
// Sign-ups: one row a browser, 24 h. Progress lives only in rows whose browser has proved the address
// (policy.md, "Levels": sign-up; attacks.md, case 27).
#include "base/email.h"
#include "base/secret.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>

namespace sallyport::store {

struct SignUpRow {
    TokenHash secret_hash;
    std::string email_key;
    bool proven;
    std::int64_t tries;  // at the mailed code, over all resends
    Secret content;
    std::int64_t version;
};

void insert_sign_up(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const Email& email,
                    const Secret& content, Instant expires_at);
std::optional<SignUpRow> find_sign_up(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash,
                                      Instant now);
/// False where the row has moved on since it was read.
bool update_sign_up(db::Tx& tx, const Keys& keys, const SignUpRow& row, bool proven, const Secret& content);
/// Counts one try at the mailed code, before it is looked at; false where `tries_max` are used.
Task<bool> charge_sign_up(db::Database& database, TokenHash secret_hash, std::int64_t tries_max);
/// The newest other row for this address that its browser has proved: the owner's earlier progress.
std::optional<SignUpRow> find_proven_sign_up(db::Tx& tx, const Keys& keys, const SignUpRow& but_not,
                                             Instant now);
bool take_sign_up(db::Tx& tx, const TokenHash& secret_hash);
/// All rows for an address: at creation of the account, squatters' rows go too.
void end_sign_ups(db::Tx& tx, const Email& email);

}  // namespace sallyport::store
