#pragma once
// An account that is locked or closed. Nothing in this product does that yet: the row is written with the
// server's own keys.
#include "support/world.h"

namespace sallyport::test {

inline void put_state(World& w, const AccountId& account, const std::string& state)
{
    w.transact([&](db::Tx& tx) {
        const auto head =
            tx.query("SELECT email_key, created_at, version FROM accounts WHERE id = $1", account.value());
        const auto rows =
            tx.query("SELECT id, mac FROM credentials WHERE account = $1 ORDER BY id", account.value());
        std::vector<crypto::Field> fields{account.value(), head.text(0, 0), state, head.integer(0, 1),
                                          head.integer(0, 2)};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            fields.emplace_back(rows.bytes(i, 0));
            fields.emplace_back(rows.bytes(i, 1));
        }
        tx.execute("UPDATE accounts SET state = $1, digest = $2 WHERE id = $3", state,
                   w.keys.rows.mac({"accounts", 1, fields}), account.value());
    });
}

}  // namespace sallyport::test
