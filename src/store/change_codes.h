#pragma once
// Codes that stop a change, or undo it (policy/changes.h): each message that tells of one has a code of its
// own, and the row keeps a keyed hash of it. A code only stops and brings back: who writes here opens
// nothing.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"

#include <optional>
#include <string_view>

namespace sallyport::store {

struct ChangeCode {
    AccountId account;
    ChangeId change;
    ChannelId channel;  // where the message went
};

/// `code`: as made, without dashes.
void put_change_code(db::Tx& tx, const Keys& keys, std::string_view code, const ChangeCode& row,
                     Instant expires_at);
/// nullopt where there is none, it is over, or the row is not ours (then alarmed). One statement.
std::optional<ChangeCode> find_change_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now);
/// The change is over.
void end_change_codes(db::Tx& tx, const ChangeId& change);
void forget_change_codes(db::Tx& tx, Instant now, std::int64_t most);

}  // namespace sallyport::store
