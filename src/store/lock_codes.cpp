#include "store/lock_codes.h"

#include "base/log.h"

namespace sallyport::store {

namespace {

Bytes index_of(const Keys& keys, std::string_view code) { return keys.index.of("lock-codes", code); }

crypto::Canonical mac_input(BytesView index, const AccountId& account, const ChannelId& channel,
                            std::int64_t expires_at)
{
    return {"lock_codes", 1, {index, account.value(), channel.value(), expires_at}};
}

}  // namespace

void put_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, const LockCode& row,
                   Instant expires_at)
{
    const Bytes index = index_of(keys, code);
    tx.execute(
        "INSERT INTO lock_codes (code_hash, account, channel, expires_at, mac) VALUES ($1, $2, $3, $4, "
        "$5)",
        index, row.account.value(), row.channel.value(), to_unix_ms(expires_at),
        keys.rows.mac(mac_input(index, row.account, row.channel, to_unix_ms(expires_at))));
}

void put_no_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, const LockCode& row,
                      Instant expires_at)
{
    const Bytes index = index_of(keys, code);
    // The code is new: no row has it.
    CHECK(tx.execute("UPDATE lock_codes SET mac = $1 WHERE code_hash = $2",
                     keys.rows.mac(mac_input(index, row.account, row.channel, to_unix_ms(expires_at))),
                     index) == 0);
}

std::optional<LockCode> find_lock_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now)
{
    const Bytes index = index_of(keys, code);
    const auto rows =
        tx.query("SELECT account, channel, expires_at, mac FROM lock_codes WHERE code_hash = $1 "
                 "AND expires_at > $2",
                 index, to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    const auto account = AccountId::from_bytes(rows.bytes(0, 0));
    const auto channel = ChannelId::from_bytes(rows.bytes(0, 1));
    const bool ours =
        account && channel &&
        keys.rows.verify(mac_input(index, *account, *channel, rows.integer(0, 2)), rows.bytes(0, 3));
    if (!ours) {
        log::write(log::Level::alarm, "row_not_ours", {{"what", "lock code"}});
        return std::nullopt;
    }
    return LockCode{*account, *channel};
}

void end_lock_codes(db::Tx& tx, const AccountId& account)
{
    tx.execute("DELETE FROM lock_codes WHERE account = $1", account.value());
}

void forget_lock_codes(db::Tx& tx, Instant now, std::int64_t most)
{
    tx.execute("DELETE FROM lock_codes WHERE code_hash IN (SELECT code_hash FROM lock_codes WHERE expires_at "
               "< $1 ORDER BY expires_at LIMIT $2)",
               to_unix_ms(now), most);
}

}  // namespace sallyport::store
