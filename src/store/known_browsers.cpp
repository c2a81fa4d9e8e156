#include "store/known_browsers.h"

#include "base/log.h"

namespace sallyport::store {

namespace {
crypto::Canonical mac_input(const TokenHash& browser, const AccountId& account, std::int64_t created_at)
{
    return {"known_browsers", 1, {browser, account.value(), created_at}};
}
}  // namespace

std::optional<Instant> browser_known_since(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account)
{
    const auto rows = tx.query("SELECT created_at, mac FROM known_browsers WHERE token_hash = $1 AND account = $2", browser, account.value());
    if (rows.empty()) return std::nullopt;
    if (!keys.rows.verify(mac_input(browser, account, rows.integer(0, 0)), rows.bytes(0, 1))) {
        log::write(log::Level::alarm, "row_not_ours", {{"account", account.text()}, {"what", "known browser"}});
        return std::nullopt;
    }
    return from_unix_ms(rows.integer(0, 0));
}

void know_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account, Instant now)
{
    const std::int64_t at = to_unix_ms(now);
    tx.execute("INSERT INTO known_browsers (token_hash, account, created_at, mac) VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash, account) DO NOTHING",
               browser, account.value(), at, keys.rows.mac(mac_input(browser, account, at)));
}

void forget_browsers(db::Tx& tx, const AccountId& account) { tx.execute("DELETE FROM known_browsers WHERE account = $1", account.value()); }

}  // namespace sallyport::store
