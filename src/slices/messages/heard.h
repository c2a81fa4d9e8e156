#pragma once
// What an answer to a mail says of an account's address, written down in the transaction of the answer. An
// address that turns out undeliverable is work for the worker that tells the other channels
// (proof/unreachable.h).
#include "base/email.h"
#include "base/ids.h"
#include "db/database.h"
#include "policy/deliverability.h"
#include "store/keys.h"

namespace sallyport::messages {

void hear(db::Tx& tx, const store::Keys& keys, const AccountId& account, const Email& address,
          policy::deliverability::Heard heard, Instant now);

}  // namespace sallyport::messages
