#include "store/passkey_prompt.h"

namespace sallyport::store {

std::optional<Instant> passkey_declined_at(db::Tx& tx, const AccountId& id)
{
    const auto rows = tx.query("SELECT passkey_declined_at FROM accounts WHERE id = $1", id.value());
    if (rows.empty() || rows.is_null(0, 0)) return std::nullopt;
    return from_unix_ms(rows.integer(0, 0));
}

void decline_passkey(db::Tx& tx, const AccountId& id, Instant now)
{
    tx.execute("UPDATE accounts SET passkey_declined_at = $1 WHERE id = $2", to_unix_ms(now), id.value());
}

}  // namespace sallyport::store
