#include "store/accounts.h"

#include "base/log.h"
#include "base/record.h"

namespace sallyport::store {

namespace {

Bytes seal_words(const Keys& keys, const AccountId& id, const Words& words)
{
    const Secret record =
        RecordWriter("words.1").text(words.now).text(words.before).time(words.changed_at).take_secret();
    return keys.sealer.seal({"accounts.words", 1, {id.value()}}, record.reveal());
}

db::Rows query_account(db::Tx& tx, const AccountId& id)
{
    return tx.query("SELECT language, words, created_at FROM accounts WHERE id = $1", id.value());
}

}  // namespace

std::optional<AccountId> find_account(db::Tx& tx, const std::string& email_key)
{
    const auto rows = tx.query("SELECT id FROM accounts WHERE email_key = $1", email_key);
    return rows.empty() ? std::nullopt : AccountId::from_bytes(rows.bytes(0, 0));
}

void create_account(db::Tx& tx, const Keys& keys, const Account& account, const Email& email,
                    CredentialSet& credentials)
{
    CHECK(credentials.account() == account.id);
    tx.execute("INSERT INTO accounts (id, email_key, language, state, words, created_at, version, digest) "
               "VALUES ($1, $2, $3, 'active', $4, $5, 0, $6)",
               account.id.value(), email.key(), account.language, seal_words(keys, account.id, account.words),
               to_unix_ms(account.created_at), Bytes{});
    credentials.save(tx, keys, account.created_at);
}

void load_no_account(db::Tx& tx, const AccountId& nobody) { CHECK(query_account(tx, nobody).empty()); }

Account load_account(db::Tx& tx, const Keys& keys, const AccountId& id)
{
    const auto rows = query_account(tx, id);
    CHECK(rows.size() == 1);
    const auto opened = keys.sealer.open({"accounts.words", 1, {id.value()}}, rows.bytes(0, 1));
    if (!opened) {
        log::write(log::Level::alarm, "row_not_ours", {{"account", id.text()}, {"what", "words"}});
        throw TamperedRow("the account's words do not open");
    }
    RecordReader reader(opened->reveal(), "words.1");
    Words words;
    words.now = reader.text();
    words.before = reader.text();
    words.changed_at = reader.time();
    return {id, rows.text(0, 0), std::move(words), from_unix_ms(rows.integer(0, 2))};
}

void set_words(db::Tx& tx, const Keys& keys, const AccountId& id, const Words& words)
{
    tx.execute("UPDATE accounts SET words = $1 WHERE id = $2", seal_words(keys, id, words), id.value());
}

void set_language(db::Tx& tx, const AccountId& id, std::string_view language)
{
    tx.execute("UPDATE accounts SET language = $1 WHERE id = $2", language, id.value());
}

void note_hash_parameters(db::Tx& tx, crypto::HashParameters parameters)
{
    tx.execute("INSERT INTO hash_parameters (memory_kib, passes) VALUES ($1, $2) ON CONFLICT (memory_kib, "
               "passes) DO NOTHING",
               parameters.memory_kib, parameters.passes);
}

std::optional<crypto::HashParameters> dearest_hash_parameters(db::Tx& tx)
{
    const auto rows = tx.query("SELECT memory_kib, passes FROM hash_parameters ORDER BY memory_kib * passes "
                               "DESC, memory_kib DESC LIMIT 1");
    if (rows.empty()) return std::nullopt;
    return crypto::HashParameters{static_cast<std::uint32_t>(rows.integer(0, 0)),
                                  static_cast<std::uint32_t>(rows.integer(0, 1))};
}

std::vector<StoredHash> old_passwords(db::Tx& tx, const AccountId& id, std::int64_t count)
{
    const auto rows = tx.query("SELECT phc, pepper FROM old_passwords WHERE account = $1 ORDER BY "
                               "replaced_at DESC, id DESC LIMIT $2",
                               id.value(), count);
    std::vector<StoredHash> hashes;
    for (std::size_t i = 0; i < rows.size(); ++i) hashes.push_back({rows.text(i, 0), rows.integer(i, 1)});
    return hashes;
}

void remember_old_password(db::Tx& tx, const AccountId& id, FactorId row, const StoredHash& hash, Instant now,
                           std::int64_t keep)
{
    tx.execute(
        "INSERT INTO old_passwords (id, account, phc, pepper, replaced_at) VALUES ($1, $2, $3, $4, $5)",
        row.value(), id.value(), hash.phc, hash.pepper, to_unix_ms(now));
    tx.execute("DELETE FROM old_passwords WHERE account = $1 AND id NOT IN (SELECT id FROM old_passwords "
               "WHERE account = $1 "
               "ORDER BY replaced_at DESC, id DESC LIMIT $2)",
               id.value(), keep);
}

}  // namespace sallyport::store
