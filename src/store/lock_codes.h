#pragma once
// Lock codes of messages to an account's own addresses (policy/lock.h): the row keeps a keyed hash. A code
// only locks: who writes here opens nothing.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"

#include <optional>
#include <string_view>

namespace sallyport::store {

struct LockCode {
    AccountId account;
    ChannelId channel;  // where the message went
};

/// `code`: as made, without dashes.
void put_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, const LockCode& row,
                   Instant expires_at);
/// The work of put_lock_code() for a message that has none, so that it costs the same.
void put_no_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, const LockCode& row,
                      Instant expires_at);
/// nullopt where there is none, it is over, or the row is not ours (then alarmed). One statement.
std::optional<LockCode> find_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now);
/// All codes of an account die.
void end_lock_codes(db::Tx& tx, const AccountId& account);
void forget_lock_codes(db::Tx& tx, Instant now, std::int64_t most);

}  // namespace sallyport::store
