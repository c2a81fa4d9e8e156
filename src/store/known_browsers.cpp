#include "store/known_browsers.h"

#include "base/log.h"

#include <algorithm>
#include <array>

namespace sallyport::store {

namespace {
crypto::Canonical mac_input(const TokenHash& browser, const AccountId& account, Instant known_since,
                            Instant last)
{
    return {"known_browsers", 1, {browser, account.value(), to_unix_ms(known_since), to_unix_ms(last)}};
}
}  // namespace

std::optional<KnownBrowser> find_browser(db::Tx& tx, const Keys& keys, const std::vector<TokenHash>& tokens,
                                         const AccountId& account)
{
    std::array<TokenHash, browser_tokens_max> asked{};
    std::copy_n(tokens.begin(), std::min(tokens.size(), asked.size()), asked.begin());
    const auto rows =
        tx.query("SELECT token_hash, created_at, used_at, mac FROM known_browsers WHERE account = "
                 "$1 AND token_hash IN ($2, $3, $4, $5) ORDER BY used_at DESC, token_hash",
                 account.value(), asked[0], asked[1], asked[2], asked[3]);
    if (rows.empty()) return std::nullopt;
    const TokenHash* token = nullptr;
    for (const TokenHash& one : asked)
        if (Bytes(one.begin(), one.end()) == rows.bytes(0, 0)) token = &one;
    if (token == nullptr) return std::nullopt;
    const KnownBrowser known{*token, from_unix_ms(rows.integer(0, 1)), from_unix_ms(rows.integer(0, 2))};
    if (keys.rows.verify(mac_input(*token, account, known.known_since, known.last_full_sign_in),
                         rows.bytes(0, 3)))
        return known;
    log::write(log::Level::alarm, "row_not_ours", {{"account", account.text()}, {"what", "known browser"}});
    return std::nullopt;
}

void know_browser(db::Tx& tx, const Keys& keys, const KnownBrowser& browser, const AccountId& account,
                  std::int64_t most)
{
    tx.execute(
        "INSERT INTO known_browsers (token_hash, account, created_at, used_at, mac) VALUES ($1, $2, "
        "$3, $4, $5) "
        "ON CONFLICT (token_hash, account) DO UPDATE SET created_at = $3, used_at = $4, mac = $5",
        browser.token, account.value(), to_unix_ms(browser.known_since),
        to_unix_ms(browser.last_full_sign_in),
        keys.rows.mac(mac_input(browser.token, account, browser.known_since, browser.last_full_sign_in)));
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
