#include "store/known_browsers.h"

#include "base/log.h"

namespace sallyport::store {

namespace {
crypto::Canonical mac_input(const TokenHash& browser, const AccountId& account, Instant known_since,
                            Instant last)
{
    return {"known_browsers", 1, {browser, account.value(), to_unix_ms(known_since), to_unix_ms(last)}};
}
}  // namespace

std::optional<KnownBrowser> find_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser,
                                         const AccountId& account)
{
    const auto rows =
        tx.query("SELECT created_at, used_at, mac FROM known_browsers WHERE token_hash = $1 AND account = $2",
                 browser, account.value());
    if (rows.empty()) return std::nullopt;
    const KnownBrowser known{from_unix_ms(rows.integer(0, 0)), from_unix_ms(rows.integer(0, 1))};
    if (keys.rows.verify(mac_input(browser, account, known.known_since, known.last_full_sign_in),
                         rows.bytes(0, 2)))
        return known;
    log::write(log::Level::alarm, "row_not_ours", {{"account", account.text()}, {"what", "known browser"}});
    return std::nullopt;
}

void know_browser(db::Tx& tx, const Keys& keys, const TokenHash& browser, const AccountId& account,
                  Instant now, std::int64_t most)
{
    const auto before = find_browser(tx, keys, browser, account);
    const Instant since = before ? before->known_since : now;
    tx.execute("INSERT INTO known_browsers (token_hash, account, created_at, used_at, mac) VALUES ($1, $2, "
               "$3, $4, $5) "
               "ON CONFLICT (token_hash, account) DO UPDATE SET created_at = $3, used_at = $4, mac = $5",
               browser, account.value(), to_unix_ms(since), to_unix_ms(now),
               keys.rows.mac(mac_input(browser, account, since, now)));
    tx.execute("DELETE FROM known_browsers WHERE account = $1 AND token_hash NOT IN (SELECT token_hash FROM "
               "known_browsers "
               "WHERE account = $1 ORDER BY used_at DESC, token_hash LIMIT $2)",
               account.value(), most);
}

void forget_browsers(db::Tx& tx, const AccountId& account)
{
    tx.execute("DELETE FROM known_browsers WHERE account = $1", account.value());
}

}  // namespace sallyport::store
