#include "store/sealed_rows.h"

namespace sallyport::store {

namespace {

crypto::Canonical context_of(std::string_view table, BytesView key, BytesView bound)
{
    return {table, 1, {key, bound}};
}

crypto::Canonical code_context(const TokenHash& secret_hash, std::string_view purpose)
{
    return context_of("mailed_codes", secret_hash, as_bytes(purpose));
}

}  // namespace

void put_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const AccountId& account,
                 const Secret& content, Instant expires_at)
{
    tx.execute("INSERT INTO sign_ins (secret_hash, account, sealed, expires_at) VALUES ($1, $2, $3, $4)",
               secret_hash, account.value(),
               keys.sealer.seal(context_of("sign_ins", secret_hash, account.value()), content.reveal()),
               to_unix_ms(expires_at));
}

std::optional<SignInRow> find_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, Instant now)
{
    const auto rows =
        tx.query("SELECT account, sealed FROM sign_ins WHERE secret_hash = $1 AND expires_at > $2",
                 secret_hash, to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    const auto account = AccountId::from_bytes(rows.bytes(0, 0));
    CHECK(account.has_value());
    auto content = keys.sealer.open(context_of("sign_ins", secret_hash, account->value()), rows.bytes(0, 1));
    if (!content) return std::nullopt;
    return SignInRow{*account, std::move(*content)};
}

void update_sign_in(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, const AccountId& account,
                    const Secret& content)
{
    tx.execute("UPDATE sign_ins SET sealed = $1 WHERE secret_hash = $2",
               keys.sealer.seal(context_of("sign_ins", secret_hash, account.value()), content.reveal()),
               secret_hash);
}

bool take_sign_in(db::Tx& tx, const TokenHash& secret_hash)
{
    return tx.execute("DELETE FROM sign_ins WHERE secret_hash = $1", secret_hash) == 1;
}

void end_sign_ins(db::Tx& tx, const AccountId& account)
{
    tx.execute("DELETE FROM sign_ins WHERE account = $1", account.value());
}

void put_step_up(db::Tx& tx, const Keys& keys, const StepUpId& id, const AccountId& account,
                 const Secret& content, Instant expires_at)
{
    tx.execute("INSERT INTO step_ups (id, account, sealed, expires_at) VALUES ($1, $2, $3, $4)", id.value(),
               account.value(),
               keys.sealer.seal(context_of("step_ups", id.value(), account.value()), content.reveal()),
               to_unix_ms(expires_at));
}

std::optional<Secret> find_step_up(db::Tx& tx, const Keys& keys, const StepUpId& id, const AccountId& account,
                                   Instant now)
{
    const auto rows =
        tx.query("SELECT sealed FROM step_ups WHERE id = $1 AND account = $2 AND expires_at > $3", id.value(),
                 account.value(), to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    return keys.sealer.open(context_of("step_ups", id.value(), account.value()), rows.bytes(0, 0));
}

bool take_step_up(db::Tx& tx, const StepUpId& id)
{
    return tx.execute("DELETE FROM step_ups WHERE id = $1", id.value()) == 1;
}

void end_step_ups(db::Tx& tx, const AccountId& account)
{
    tx.execute("DELETE FROM step_ups WHERE account = $1", account.value());
}

void put_mailed_code(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash, std::string_view purpose,
                     const Secret& content, Instant expires_at)
{
    tx.execute("INSERT INTO mailed_codes (secret_hash, purpose, tries, sealed, expires_at) VALUES ($1, $2, "
               "0, $3, $4) "
               "ON CONFLICT (secret_hash, purpose) DO UPDATE SET sealed = $3, expires_at = $4",
               secret_hash, purpose, keys.sealer.seal(code_context(secret_hash, purpose), content.reveal()),
               to_unix_ms(expires_at));
}

std::optional<MailedCode> find_mailed_code(db::Tx& tx, const Keys& keys, const TokenHash& secret_hash,
                                           std::string_view purpose, Instant now)
{
    const auto rows = tx.query(
        "SELECT sealed, tries FROM mailed_codes WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3",
        secret_hash, purpose, to_unix_ms(now));
    if (rows.empty()) return std::nullopt;
    auto content = keys.sealer.open(code_context(secret_hash, purpose), rows.bytes(0, 0));
    if (!content) return std::nullopt;
    return MailedCode{std::move(*content), rows.integer(0, 1)};
}

Task<bool> charge_mailed_code(db::Database& database, TokenHash secret_hash, std::string purpose,
                              std::int64_t tries_max)
{
    const Bytes key(secret_hash.begin(), secret_hash.end());
    const auto rows = co_await database.bump(
        "UPDATE mailed_codes SET tries = tries + 1 WHERE secret_hash = $1 AND purpose = $2 AND tries < $3 "
        "RETURNING tries",
        key, purpose, tries_max);
    co_return !rows.empty();
}

bool take_mailed_code(db::Tx& tx, const TokenHash& secret_hash, std::string_view purpose)
{
    return tx.execute("DELETE FROM mailed_codes WHERE secret_hash = $1 AND purpose = $2", secret_hash,
                      purpose) == 1;
}

void forget_sealed_rows(db::Tx& tx, Instant now, std::int64_t most)
{
    const std::int64_t at = to_unix_ms(now);
    tx.execute("DELETE FROM sign_ins WHERE secret_hash IN (SELECT secret_hash FROM sign_ins WHERE expires_at "
               "< $1 ORDER BY expires_at LIMIT $2)",
               at, most);
    tx.execute("DELETE FROM step_ups WHERE id IN (SELECT id FROM step_ups WHERE expires_at < $1 ORDER BY "
               "expires_at LIMIT $2)",
               at, most);
    tx.execute("DELETE FROM mailed_codes WHERE (secret_hash, purpose) IN (SELECT secret_hash, purpose FROM "
               "mailed_codes WHERE expires_at < $1 "
               "ORDER BY expires_at LIMIT $2)",
               at, most);
    tx.execute("DELETE FROM sign_ups WHERE secret_hash IN (SELECT secret_hash FROM sign_ups WHERE expires_at "
               "< $1 ORDER BY expires_at LIMIT $2)",
               at, most);
    tx.execute(
        "DELETE FROM spent_challenges WHERE challenge IN (SELECT challenge FROM spent_challenges WHERE "
        "expires_at < $1 ORDER BY expires_at LIMIT $2)",
        at, most);
}

}  // namespace sallyport::store
