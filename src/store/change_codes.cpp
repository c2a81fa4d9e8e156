#include "store/change_codes.h"

#include "base/log.h"

namespace sallyport::store {

namespace {

Bytes index_of(const Keys& keys, std::string_view code) { return keys.index.of("change-codes", code); }

crypto::Canonical mac_input(BytesView index, const ChangeCode& row, std::int64_t expires_at)
{
    return {
        "change_codes", 1, {index, row.account.value(), row.change.value(), row.channel.value(), expires_at}};
}

}  // namespace

void put_change_code(db::Tx& tx, const Keys& keys, std::string_view code, const ChangeCode& row,
                     Instant expires_at)
{
    const Bytes index = index_of(keys, code);
    tx.execute("INSERT INTO change_codes (code_hash, account, change, channel, expires_at, mac) VALUES ($1, "
               "$2, $3, $4, $5, $6)",
               index, row.account.value(), row.change.value(), row.channel.value(), to_unix_ms(expires_at),
               keys.rows.mac(mac_input(index, row, to_unix_ms(expires_at))));
}

std::optional<ChangeCode> find_change_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now)
{
    const Bytes index = index_of(keys, code);
    const auto rows = tx.query("SELECT account, change, channel, expires_at, mac FROM change_codes WHERE "
                               "code_hash = $1 AND expires_at > $2",
                               index, to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    const auto account = AccountId::from_bytes(rows.bytes(0, 0));
    const auto change = ChangeId::from_bytes(rows.bytes(0, 1));
    const auto channel = ChannelId::from_bytes(rows.bytes(0, 2));
    if (account && change && channel) {
        const ChangeCode row{*account, *change, *channel};
        if (keys.rows.verify(mac_input(index, row, rows.integer(0, 3)), rows.bytes(0, 4))) return row;
    }
    log::write(log::Level::alarm, "row_not_ours", {{"what", "change code"}});
    return std::nullopt;
}

void end_change_codes(db::Tx& tx, const ChangeId& change)
{
    tx.execute("DELETE FROM change_codes WHERE change = $1", change.value());
}

void forget_change_codes(db::Tx& tx, Instant now, std::int64_t most)
{
    tx.execute("DELETE FROM change_codes WHERE code_hash IN (SELECT code_hash FROM change_codes WHERE "
               "expires_at < $1 ORDER BY expires_at LIMIT $2)",
               to_unix_ms(now), most);
}

}  // namespace sallyport::store
