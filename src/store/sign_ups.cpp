#include "store/sign_ups.h"

#include <algorithm>

namespace sallyport::store {

namespace {

/// `proven` is bound too: who writes in the database proves no address by it.
crypto::Canonical context_of(const TokenHash& secret_hash, std::string_view email_key, bool proven)
{
    return {"sign_ups", 2, {secret_hash, email_key, proven}};
}

std::optional<SignUpRow> read_row(const Keys& keys, const db::Rows& rows)
{
    if (rows.empty()) return std::nullopt;
    TokenHash hash{};
    CHECK(rows.bytes(0, 0).size() == hash.size());
    std::ranges::copy(rows.bytes(0, 0), hash.begin());
    auto content =
        keys.sealer.open(context_of(hash, rows.text(0, 1), rows.integer(0, 2) == 1), rows.bytes(0, 4));
    if (!content) return std::nullopt;
    return SignUpRow{hash,
                     rows.text(0, 1),
                     rows.integer(0, 2) == 1,
                     rows.integer(0, 3),
                     std::move(*content),
                     rows.integer(0, 5)};
}

}  // namespace

void insert_sign_up(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const Email& email,
                    const Secret& content, Instant expires_at)
{
    tx.execute("INSERT INTO sign_ups (secret_hash, email_key, proven, tries, sealed, version, expires_at) "
               "VALUES ($1, $2, 0, 0, $3, 1, $4)",
               secret_hash, email.key(),
               keys.sealer.seal(context_of(secret_hash, email.key(), false), content.reveal()),
               to_unix_ms(expires_at));
}

std::optional<SignUpRow> find_sign_up(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, Instant now)
{
    const auto rows = tx.query("SELECT secret_hash, email_key, proven, tries, sealed, version FROM sign_ups "
                               "WHERE secret_hash = $1 AND expires_at > $2",
                               secret_hash, to_unix_ms(now));
    return read_row(keys, rows);
}

bool update_sign_up(db::Tx& tx, const Keys& keys, const SignUpRow& row, bool proven, const Secret& content)
{
    return tx.execute("UPDATE sign_ups SET proven = $1, sealed = $2, version = version + 1 WHERE secret_hash "
                      "= $3 AND version = $4",
                      proven,
                      keys.sealer.seal(context_of(row.secret_hash, row.email_key, proven), content.reveal()),
                      row.secret_hash, row.version) == 1;
}

Task<bool> charge_sign_up(db::Database& database, TokenHash secret_hash, std::int64_t tries_max)
{
    const Bytes key(secret_hash.begin(), secret_hash.end());
    const auto rows = co_await database.bump(
        "UPDATE sign_ups SET tries = tries + 1 WHERE secret_hash = $1 AND tries < $2 RETURNING tries", key,
        tries_max);
    co_return !rows.empty();
}

std::optional<SignUpRow> find_proven_sign_up(db::Tx& tx, const Keys& keys, const SignUpRow& but_not,
                                             Instant now)
{
    const auto rows = tx.query("SELECT secret_hash, email_key, proven, tries, sealed, version FROM sign_ups "
                               "WHERE email_key = $1 AND proven = 1 "
                               "AND secret_hash <> $2 AND expires_at > $3 ORDER BY expires_at DESC LIMIT 1",
                               but_not.email_key, but_not.secret_hash, to_unix_ms(now));
    return read_row(keys, rows);
}

bool take_sign_up(db::Tx& tx, const TokenHash& secret_hash)
{
    return tx.execute("DELETE FROM sign_ups WHERE secret_hash = $1", secret_hash) == 1;
}

void end_sign_ups(db::Tx& tx, const Email& email)
{
    tx.execute("DELETE FROM sign_ups WHERE email_key = $1", email.key());
}

}  // namespace sallyport::store
