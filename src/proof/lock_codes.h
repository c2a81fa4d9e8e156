#pragma once
// The lock code of a message to an address of an account (ux.md M6): made with the message, in its
// transaction; the row keeps a keyed hash.
#include "proof/world.h"
#include "store/credentials.h"
#include "store/outbox.h"

namespace sallyport::proof {

/// Puts a fresh code among the message's parameters ("lock_code"). `mail`: to `channel`, of its account.
void add_lock_code(db::Tx& tx, const World& world, store::OutboxMail& mail, const ChannelId& channel,
                   Instant now);
/// The same statements for a message to an address without an account, which has none.
void add_no_lock_code(db::Tx& tx, const World& world, Instant now);

}  // namespace sallyport::proof
