#include "store/due_work.h"

#include "base/check.h"

namespace sallyport::store {

void put_due_work(db::Tx& tx, const AccountId& account, Instant due_at)
{
    tx.execute("INSERT INTO due_work (account, due_at) VALUES ($1, $2) ON CONFLICT (account, due_at) DO "
               "NOTHING",
               account.value(), to_unix_ms(due_at));
}

void put_due_work_if_known(db::Tx& tx, const AccountId& account, Instant due_at)
{
    tx.execute(
        "INSERT INTO due_work (account, due_at) SELECT id, CAST($2 AS BIGINT) FROM accounts WHERE id = $1 "
        "ON CONFLICT (account, due_at) DO NOTHING",
        account.value(), to_unix_ms(due_at));
}

std::vector<AccountId> due_accounts(db::Tx& tx, Instant now, std::int64_t most)
{
    const auto rows =
        tx.query("SELECT account, MIN(due_at) FROM due_work WHERE due_at <= $1 GROUP BY account "
                 "ORDER BY MIN(due_at) LIMIT $2",
                 to_unix_ms(now), most);
    std::vector<AccountId> accounts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto account = AccountId::from_bytes(rows.bytes(i, 0));
        CHECK(account.has_value());
        accounts.push_back(*account);
    }
    return accounts;
}

void end_due_work(db::Tx& tx, const AccountId& account, Instant now)
{
    tx.execute("DELETE FROM due_work WHERE account = $1 AND due_at <= $2", account.value(), to_unix_ms(now));
}

}  // namespace sallyport::store
