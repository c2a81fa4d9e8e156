#pragma once
// Which accounts have something due, so that a worker finds them without reading every account. It grants
// nothing: what is done stands in the account's credentials.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"

#include <vector>

namespace sallyport::store {

void put_due_work(db::Tx& tx, const AccountId& account, Instant due_at);
/// The same where it may be nobody's account: then nothing is due, by the same statement.
void put_due_work_if_known(db::Tx& tx, const AccountId& account, Instant due_at);
/// Accounts with work due at `now`, the longest due first.
std::vector<AccountId> due_accounts(db::Tx& tx, Instant now, std::int64_t most);
/// What was due until `now` is done.
void end_due_work(db::Tx& tx, const AccountId& account, Instant now);

}  // namespace sallyport::store
