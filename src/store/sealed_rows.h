#pragma once
// Short-lived rows whose content is sealed: half-finished sign-ins, step-ups, mailed codes. Each is found by
// the SHA-256 of a secret in a cookie, or by its id; a row that does not open counts as not there.
#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"
#include "store/sessions.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::store {

/// A sign-in between its first and its second factor: 15 min, dies on success, reset and lock.
void put_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const AccountId& account,
                 const Secret& content, Instant expires_at);
struct SignInRow {
    AccountId account;
    Secret content;
};
std::optional<SignInRow> find_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash,
                                      Instant now);
void update_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const AccountId& account,
                    const Secret& content);
/// False where it was gone already: a parallel request has used it.
bool take_sign_in(db::Tx& tx, const TokenHash& secret_hash);
void end_sign_ins(db::Tx& tx, const AccountId& account);

/// What was shown and will be done, for one account; one use.
void put_step_up(db::Tx& tx, const Keys& keys, const StepUpId& id, const AccountId& account,
                 const Secret& content, Instant expires_at);
std::optional<Secret> find_step_up(db::Tx& tx, const Keys& keys, const StepUpId& id, const AccountId& account,
                                   Instant now);
bool take_step_up(db::Tx& tx, const StepUpId& id);
void end_step_ups(db::Tx& tx, const AccountId& account);

/// A mailed code for one purpose and one browser. Putting another one for the same browser and purpose
/// replaces the code, never the count of tries.
struct MailedCode {
    Secret content;
    std::int64_t tries;
};
void put_mailed_code(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, std::string_view purpose,
                     const Secret& content, Instant expires_at);
std::optional<MailedCode> find_mailed_code(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash,
                                           std::string_view purpose, Instant now);
/// Counts one try, before the code is looked at; false where `tries_max` are used.
Task<bool> charge_mailed_code(db::Database& database, TokenHash secret_hash, std::string purpose,
                              std::int64_t tries_max);
bool take_mailed_code(db::Tx& tx, const TokenHash& secret_hash, std::string_view purpose);

/// Deletes what expired, at most `most` of each kind.
void forget_sealed_rows(db::Tx& tx, Instant now, std::int64_t most);

}  // namespace sallyport::store
