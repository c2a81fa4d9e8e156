#include "slices/messages/heard.h"

#include "store/address_standings.h"
#include "store/due_work.h"

namespace sallyport::messages {

void hear(db::Tx& tx, const store::Keys& keys, const AccountId& account, const Email& address,
          policy::deliverability::Heard heard, Instant now)
{
    namespace rules = policy::deliverability;
    constexpr rules::Limits limits;
    if (heard == rules::Heard::nothing) return;
    const rules::Standing before = store::load_standing(tx, keys, account, address);
    const rules::Standing after = rules::after(before, heard, now, limits);
    if (after == before) return;
    store::put_standing(tx, keys, account, address, after);
    if (rules::is_to_be_told(after, now, limits)) store::put_due_work(tx, account, now);
}

}  // namespace sallyport::messages
