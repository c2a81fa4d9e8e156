#include "store/stop_codes.h"

#include "base/log.h"

namespace sallyport::store {

namespace {

Bytes index_of(const Keys& keys, std::string_view code) { return keys.index.of("stop-codes", code); }

crypto::Canonical mac_input(BytesView index, const AccountId& account, const CaseId& open,
                            std::int64_t channel, std::int64_t expires_at)
{
    return {"stop_codes", 1, {index, account.value(), open.value(), channel, expires_at}};
}

}  // namespace

void put_stop_code(db::Tx& tx, const Keys& keys, std::string_view code, const StopCode& row,
                   Instant expires_at)
{
    const Bytes index = index_of(keys, code);
    const auto channel = static_cast<std::int64_t>(row.channel);
    tx.execute("INSERT INTO stop_codes (code_hash, account, recovery, channel, expires_at, mac) VALUES ($1, "
               "$2, $3, $4, $5, $6)",
               index, row.account.value(), row.open.value(), channel, to_unix_ms(expires_at),
               keys.rows.mac(mac_input(index, row.account, row.open, channel, to_unix_ms(expires_at))));
}

std::optional<StopCode> find_stop_code(db::Tx& tx, const Keys& keys, std::string_view code, Instant now)
{
    const Bytes index = index_of(keys, code);
    const auto rows = tx.query("SELECT account, recovery, channel, expires_at, mac FROM stop_codes WHERE "
                               "code_hash = $1 AND expires_at > $2",
                               index, to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    const auto account = AccountId::from_bytes(rows.bytes(0, 0));
    const auto open = CaseId::from_bytes(rows.bytes(0, 1));
    const std::int64_t channel = rows.integer(0, 2);
    const bool ours =
        account && open && channel >= 0 &&
        channel <= static_cast<std::int64_t>(policy::roads::Channel::session) &&
        keys.rows.verify(mac_input(index, *account, *open, channel, rows.integer(0, 3)), rows.bytes(0, 4));
    if (!ours) {
        log::write(log::Level::alarm, "row_not_ours", {{"what", "stop code"}});
        return std::nullopt;
    }
    return StopCode{*account, *open, static_cast<policy::roads::Channel>(channel)};
}

void end_stop_codes(db::Tx& tx, const CaseId& open)
{
    tx.execute("DELETE FROM stop_codes WHERE recovery = $1", open.value());
}

void forget_stop_codes(db::Tx& tx, Instant now, std::int64_t most)
{
    tx.execute("DELETE FROM stop_codes WHERE code_hash IN (SELECT code_hash FROM stop_codes WHERE expires_at "
               "< $1 ORDER BY expires_at LIMIT $2)",
               to_unix_ms(now), most);
}

}  // namespace sallyport::store
