#include "store/sessions.h"

#include "base/log.h"
#include "store/credentials.h"

#include <algorithm>

namespace sallyport::store {

namespace {

crypto::Canonical mac_input(const Session& s)
{
    // last_seen_at moves without a new MAC: the overall limit counts from created_at, which does not.
    return {"sessions",
            1,
            {s.token_hash, s.account.value(), s.level, s.methods, to_unix_ms(s.created_at), s.browser,
             s.address}};
}

/// nullopt where it is none: a row that we did not write.
std::optional<TokenHash> hash_of(const Bytes& bytes)
{
    TokenHash hash{};
    if (bytes.size() != hash.size()) return std::nullopt;
    std::ranges::copy(bytes, hash.begin());
    return hash;
}

/// nullopt, with an alarm, where the row's MAC is not ours.
std::optional<Session> read_row(const Keys& keys, const db::Rows& rows, std::size_t i)
{
    const auto account = AccountId::from_bytes(rows.bytes(i, 1));
    CHECK(account.has_value());  // it refers to an account, and those have ids of ours
    if (const auto hash = hash_of(rows.bytes(i, 0))) {
        Session session{*hash,
                        *account,
                        rows.integer(i, 2),
                        rows.integer(i, 3),
                        from_unix_ms(rows.integer(i, 4)),
                        from_unix_ms(rows.integer(i, 5)),
                        rows.text(i, 6),
                        rows.text(i, 7)};
        if (keys.rows.verify(mac_input(session), rows.bytes(i, 8))) return session;
    }
    log::write(log::Level::alarm, "row_not_ours", {{"account", account->text()}, {"what", "session"}});
    return std::nullopt;
}

}  // namespace

SessionId session_id_of(const TokenHash& hash) noexcept
{
    Uuid id{};
    std::copy_n(hash.begin(), id.size(), id.begin());
    return SessionId(id);
}

void insert_session(db::Tx& tx, const Keys& keys, const Session& s)
{
    tx.execute("INSERT INTO sessions (token_hash, account, level, methods, created_at, last_seen_at, "
               "browser, address, mac) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
               s.token_hash, s.account.value(), s.level, s.methods, to_unix_ms(s.created_at),
               to_unix_ms(s.last_seen_at), s.browser, s.address, keys.rows.mac(mac_input(s)));
}

Task<std::optional<Session>> find_session(db::Database& database, const Keys& keys, TokenHash hash)
{
    const Bytes key(hash.begin(), hash.end());
    const auto rows = co_await database.read(
        "SELECT token_hash, account, level, methods, created_at, last_seen_at, browser, address, mac "
        "FROM sessions WHERE token_hash = $1",
        key);
    if (rows.empty()) co_return std::nullopt;
    auto session = read_row(keys, rows, 0);
    if (!session) throw TamperedRow("a session is not as it was written");
    co_return session;
}

std::vector<Session> sessions_of(db::Tx& tx, const Keys& keys, const AccountId& account)
{
    const auto rows = tx.query(
        "SELECT token_hash, account, level, methods, created_at, last_seen_at, browser, address, mac "
        "FROM sessions WHERE account = $1 ORDER BY created_at DESC, token_hash",
        account.value());
    std::vector<Session> sessions;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (auto session = read_row(keys, rows, i)) sessions.push_back(std::move(*session));
    return sessions;
}

bool end_session(db::Tx& tx, const AccountId& account, const SessionId& session, Instant now)
{
    const auto rows = tx.query("SELECT token_hash FROM sessions WHERE account = $1", account.value());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto hash = hash_of(rows.bytes(i, 0));
        if (!hash || session_id_of(*hash) != session) continue;
        tx.execute("INSERT INTO revocations (session, at) VALUES ($1, $2) ON CONFLICT (session) DO NOTHING",
                   *hash, to_unix_ms(now));
        return tx.execute("DELETE FROM sessions WHERE token_hash = $1", *hash) == 1;
    }
    return false;
}

void end_oldest_sessions(db::Tx& tx, const AccountId& account, std::int64_t most, Instant now)
{
    const std::int64_t ended = tx.execute(
        "INSERT INTO revocations (session, at) SELECT token_hash, CAST($3 AS BIGINT) FROM sessions "
        "WHERE account = $1 AND token_hash NOT IN (SELECT token_hash FROM sessions WHERE account = $1 "
        "ORDER BY created_at DESC, token_hash LIMIT $2) ON CONFLICT (session) DO NOTHING",
        account.value(), most, to_unix_ms(now));
    if (ended == 0) return;
    tx.execute("DELETE FROM sessions WHERE account = $1 AND token_hash NOT IN (SELECT token_hash FROM "
               "sessions WHERE account = $1 ORDER BY created_at DESC, token_hash LIMIT $2)",
               account.value(), most);
}

std::int64_t end_sessions(db::Tx& tx, const AccountId& account, const std::optional<TokenHash>& keep,
                          Instant now)
{
    const db::Value kept = keep ? db::to_value(BytesView(*keep)) : db::Value(Bytes{});
    tx.execute("INSERT INTO revocations (session, at) SELECT token_hash, CAST($3 AS BIGINT) FROM sessions "
               "WHERE account = $1 AND token_hash <> $2 ON CONFLICT (session) DO NOTHING",
               account.value(), kept, to_unix_ms(now));
    return tx.execute("DELETE FROM sessions WHERE account = $1 AND token_hash <> $2", account.value(), kept);
}

Task<std::vector<TokenHash>> ended_since(db::Database& database, Instant since)
{
    const std::int64_t from = to_unix_ms(since);
    const auto rows = co_await database.read("SELECT session FROM revocations WHERE at >= $1", from);
    std::vector<TokenHash> ended;
    ended.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (const auto hash = hash_of(rows.bytes(i, 0))) ended.push_back(*hash);
    co_return ended;
}

void touch_sessions(db::Tx& tx, const std::vector<std::pair<Uuid, Instant>>& seen)
{
    for (const auto& [id, at] : seen) {
        Bytes first(id.begin(), id.end());
        Bytes last = first;
        first.resize(sizeof(TokenHash), 0x00);
        last.resize(sizeof(TokenHash), 0xff);
        tx.execute("UPDATE sessions SET last_seen_at = $1 WHERE token_hash >= $2 AND token_hash <= $3 AND "
                   "last_seen_at < $1",
                   to_unix_ms(at), first, last);
    }
}

void forget_sessions(db::Tx& tx, Instant created_before, Instant revoked_before, std::int64_t most)
{
    tx.execute("DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE created_at < "
               "$1 ORDER BY created_at LIMIT $2)",
               to_unix_ms(created_before), most);
    tx.execute("DELETE FROM revocations WHERE session IN (SELECT session FROM revocations WHERE at < $1 "
               "ORDER BY at LIMIT $2)",
               to_unix_ms(revoked_before), most);
}

}  // namespace sallyport::store
