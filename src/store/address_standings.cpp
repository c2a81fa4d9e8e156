#include "store/address_standings.h"

#include "base/log.h"

namespace sallyport::store {

namespace {

using policy::deliverability::Standing;

Bytes hash_of(const Keys& keys, const Email& address)
{
    return keys.index.of("address-standing", address.key());
}

std::optional<std::int64_t> ms(const std::optional<Instant>& at)
{
    return at ? std::optional(to_unix_ms(*at)) : std::nullopt;
}

std::optional<Instant> instant_in(const db::Rows& rows, std::size_t column)
{
    return rows.is_null(0, column) ? std::nullopt : std::optional(from_unix_ms(rows.integer(0, column)));
}

crypto::Canonical mac_input(const AccountId& account, BytesView address, const Standing& standing)
{
    return {"address_standings",
            1,
            {account.value(), address, standing.failures, ms(standing.first_failure_at),
             ms(standing.undeliverable_since), ms(standing.accepted_at), ms(standing.complained_at),
             standing.told ? 1 : 0}};
}

}  // namespace

Standing load_standing(db::Tx& tx, const Keys& keys, const AccountId& account, const Email& address)
{
    const Bytes hash = hash_of(keys, address);
    const auto rows = tx.query("SELECT failures, first_failure_at, undeliverable_since, accepted_at, "
                               "complained_at, told, mac FROM address_standings WHERE account = $1 AND "
                               "address = $2",
                               account.value(), hash);
    if (rows.empty()) return {};
    const Standing standing{rows.integer(0, 0),  instant_in(rows, 1), instant_in(rows, 2),
                            instant_in(rows, 3), instant_in(rows, 4), rows.integer(0, 5) != 0};
    if (keys.rows.verify(mac_input(account, hash, standing), rows.bytes(0, 6))) return standing;
    log::write(log::Level::alarm, "row_not_ours",
               {{"account", account.text()}, {"what", "address standing"}});
    return {};
}

void put_standing(db::Tx& tx, const Keys& keys, const AccountId& account, const Email& address,
                  const Standing& standing)
{
    const Bytes hash = hash_of(keys, address);
    if (standing == Standing{}) {
        tx.execute("DELETE FROM address_standings WHERE account = $1 AND address = $2", account.value(),
                   hash);
        return;
    }
    tx.execute("INSERT INTO address_standings (account, address, failures, first_failure_at, "
               "undeliverable_since, accepted_at, complained_at, told, mac) VALUES ($1, $2, $3, $4, $5, $6, "
               "$7, $8, $9) ON CONFLICT (account, address) DO UPDATE SET failures = excluded.failures, "
               "first_failure_at = excluded.first_failure_at, undeliverable_since = "
               "excluded.undeliverable_since, accepted_at = excluded.accepted_at, complained_at = "
               "excluded.complained_at, told = excluded.told, mac = excluded.mac",
               account.value(), hash, standing.failures, ms(standing.first_failure_at),
               ms(standing.undeliverable_since), ms(standing.accepted_at), ms(standing.complained_at),
               standing.told ? 1 : 0, keys.rows.mac(mac_input(account, hash, standing)));
}

std::int64_t undeliverable_addresses(db::Tx& tx)
{
    return tx.query("SELECT COUNT(*) FROM address_standings WHERE undeliverable_since IS NOT NULL")
        .integer(0, 0);
}

void forget_standings(db::Tx& tx, Instant before, std::int64_t most)
{
    tx.execute("DELETE FROM address_standings WHERE (account, address) IN (SELECT account, address FROM "
               "address_standings WHERE accepted_at <= $1 AND complained_at IS NULL LIMIT $2)",
               to_unix_ms(before), most);
}

}  // namespace sallyport::store
