#include "store/trusted_browsers.h"

#include "base/log.h"
#include "store/known_browsers.h"

#include <algorithm>
#include <array>

namespace sallyport::store {

namespace {

crypto::Canonical mac_input(const TrustedBrowser& browser, const AccountId& account)
{
    return {"trusted_browsers",
            1,
            {browser.id.value(), browser.token, account.value(), browser.public_key,
             to_unix_ms(browser.trusted_at), browser.browser, browser.address}};
}

std::optional<TokenHash> token_of(BytesView bytes)
{
    TokenHash token{};
    if (bytes.size() != token.size()) return std::nullopt;
    std::ranges::copy(bytes, token.begin());
    return token;
}

/// Columns in the order of both queries below.
std::optional<TrustedBrowser> read_row(const db::Rows& rows, std::size_t row, const Keys& keys,
                                       const AccountId& account)
{
    const auto id = BrowserId::from_bytes(rows.bytes(row, 0));
    const auto token = token_of(rows.bytes(row, 1));
    if (id && token) {
        const auto key = rows.bytes(row, 2);
        TrustedBrowser browser{*id,
                               *token,
                               Bytes(key.begin(), key.end()),
                               from_unix_ms(rows.integer(row, 3)),
                               std::string(rows.text(row, 4)),
                               std::string(rows.text(row, 5))};
        if (keys.rows.verify(mac_input(browser, account), rows.bytes(row, 6))) return browser;
    }
    log::write(log::Level::alarm, "row_not_ours", {{"account", account.text()}, {"what", "trusted browser"}});
    return std::nullopt;
}

}  // namespace

std::optional<TrustedBrowser> find_trusted(db::Tx& tx, const Keys& keys, const std::vector<TokenHash>& tokens,
                                           const AccountId& account)
{
    std::array<TokenHash, browser_tokens_max> asked{};
    std::copy_n(tokens.begin(), std::min(tokens.size(), asked.size()), asked.begin());
    const auto rows =
        tx.query("SELECT id, token_hash, public_key, created_at, browser, address, mac FROM trusted_browsers "
                 "WHERE account = $1 AND token_hash IN ($2, $3, $4, $5) ORDER BY created_at DESC, id DESC",
                 account.value(), asked[0], asked[1], asked[2], asked[3]);
    if (rows.empty()) return std::nullopt;
    return read_row(rows, 0, keys, account);
}

std::vector<TrustedBrowser> trusted_of(db::Tx& tx, const Keys& keys, const AccountId& account)
{
    const auto rows = tx.query("SELECT id, token_hash, public_key, created_at, browser, address, mac FROM "
                               "trusted_browsers WHERE account = $1 ORDER BY created_at DESC, id DESC",
                               account.value());
    std::vector<TrustedBrowser> browsers;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (auto browser = read_row(rows, row, keys, account)) browsers.push_back(std::move(*browser));
    return browsers;
}

void trust_browser(db::Tx& tx, const Keys& keys, const TrustedBrowser& browser, const AccountId& account,
                   std::int64_t most)
{
    tx.execute("DELETE FROM trusted_browsers WHERE account = $1 AND token_hash = $2", account.value(),
               browser.token);
    tx.execute("INSERT INTO trusted_browsers (id, token_hash, account, public_key, created_at, browser, "
               "address, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
               browser.id.value(), browser.token, account.value(), browser.public_key,
               to_unix_ms(browser.trusted_at), browser.browser, browser.address,
               keys.rows.mac(mac_input(browser, account)));
    tx.execute("DELETE FROM trusted_browsers WHERE account = $1 AND id NOT IN (SELECT id FROM "
               "trusted_browsers WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
               account.value(), most);
}

void note_trusted_session(db::Tx& tx, const BrowserId& browser, const SessionId& session)
{
    tx.execute("INSERT INTO trusted_sessions (session, trusted) VALUES ($1, $2)", session.value(),
               browser.value());
}

bool end_trust_in(db::Tx& tx, const AccountId& account, const BrowserId& browser)
{
    return tx.execute("DELETE FROM trusted_browsers WHERE account = $1 AND id = $2", account.value(),
                      browser.value()) == 1;
}

bool end_trust_of(db::Tx& tx, const AccountId& account, const SessionId& session)
{
    return tx.execute("DELETE FROM trusted_browsers WHERE account = $1 AND id IN (SELECT trusted FROM "
                      "trusted_sessions WHERE session = $2)",
                      account.value(), session.value()) == 1;
}

std::int64_t end_trust(db::Tx& tx, const AccountId& account, const std::optional<SessionId>& kept)
{
    if (!kept) return tx.execute("DELETE FROM trusted_browsers WHERE account = $1", account.value());
    return tx.execute("DELETE FROM trusted_browsers WHERE account = $1 AND id NOT IN (SELECT trusted FROM "
                      "trusted_sessions WHERE session = $2)",
                      account.value(), kept->value());
}

void forget_trust(db::Tx& tx, Instant before, std::int64_t most)
{
    tx.execute("DELETE FROM trusted_browsers WHERE id IN (SELECT id FROM trusted_browsers WHERE created_at < "
               "$1 ORDER BY created_at LIMIT $2)",
               to_unix_ms(before), most);
}

}  // namespace sallyport::store
