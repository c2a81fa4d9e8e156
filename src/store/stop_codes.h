#pragma once
// Stop codes of cases on the roads back: each mail of a case has one of its own, and the row keeps a keyed
// hash of it. A code only stops: who writes here opens nothing.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"
#include "policy/roads.h"
#include "store/credentials.h"
#include "store/keys.h"

#include <optional>
#include <string_view>

namespace sallyport::store {

struct StopCode {
    AccountId account;
    CaseId open;
    policy::roads::Channel channel;  // where the mail went
};

/// `code`: as made, without dashes.
void put_stop_code(db::Tx& tx, const Keys& keys, std::string_view code, const StopCode& row,
                   Instant expires_at);
/// nullopt where there is none, it is over, or the row is not ours (then alarmed). One statement.
std::optional<StopCode> find_stop_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now);
/// The case is over.
void end_stop_codes(db::Tx& tx, const CaseId& open);
void forget_stop_codes(db::Tx& tx, Instant now, std::int64_t most);

}  // namespace sallyport::store
