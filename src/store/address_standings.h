#pragma once
// What answers to our mails said of an account's addresses (policy/deliverability.h): a row where something
// went wrong, none where all is well. Each has a MAC; one that is not ours is alarmed and counts as none.
#include "base/email.h"
#include "base/ids.h"
#include "db/database.h"
#include "policy/deliverability.h"
#include "store/keys.h"

namespace sallyport::store {

policy::deliverability::Standing load_standing(db::Tx& tx, const Keys& keys, const AccountId& account,
                                               const Email& address);
/// The empty one leaves no row.
void put_standing(db::Tx& tx, const Keys& keys, const AccountId& account, const Email& address,
                  const policy::deliverability::Standing& standing);

/// Addresses that were marked and not cleared since, for the operator; some may have outlived their mark.
std::int64_t undeliverable_addresses(db::Tx& tx);
/// Deletes rows whose mark was outlived: a mail was taken at `before` or earlier, and nothing went wrong
/// since.
void forget_standings(db::Tx& tx, Instant before, std::int64_t most);

}  // namespace sallyport::store
