// Passkeys of a CredentialSet, and what changes with each use of one.
#include "policy/passkeys.h"
#include "base/record.h"
#include "store/credentials.h"

#include <algorithm>

namespace sallyport::store {

namespace {

constexpr std::string_view shape = "passkey.1";
constexpr std::int64_t transports_max = 8;

Bytes body_of(const Passkey& passkey)
{
    RecordWriter writer(shape);
    writer.bytes(passkey.credential_id).bytes(passkey.public_key).bytes(passkey.aaguid).text(passkey.name);
    writer.flag(passkey.backup_eligible).flag(passkey.user_verified);
    writer.number(static_cast<std::int64_t>(passkey.transports.size()));
    for (const std::string& transport : passkey.transports) writer.text(transport);
    return writer.take();
}

/// Without what passkey_use has.
Passkey passkey_of(const Uuid& id, Instant created_at, const Bytes& body)
{
    RecordReader reader(body, shape);
    Passkey passkey{FactorId(id), reader.bytes(), {}, {}, {}, {}, false, false, created_at, 0, false, {}, {}};
    passkey.public_key = reader.bytes();
    passkey.aaguid = reader.bytes();
    passkey.name = reader.text();
    passkey.backup_eligible = reader.flag();
    passkey.user_verified = reader.flag();
    for (std::int64_t left = reader.number(); left > 0; --left) passkey.transports.push_back(reader.text());
    reader.end();
    return passkey;
}

}  // namespace

std::vector<Passkey> CredentialSet::passkeys(db::Tx& tx) const
{
    std::vector<Passkey> passkeys;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::passkey) continue;
        Passkey passkey = passkey_of(row.id, row.created_at, row.body);
        const auto use = tx.query(
            "SELECT credential_id, counter, backed_up, used_at, browser FROM passkey_use WHERE credential = "
            "$1",
            row.id);
        // Without its counter a copied key would go unseen: a missing row is refused like a forged one.
        if (use.empty() || use.bytes(0, 0) != passkey.credential_id) refuse_tampered("passkey");
        passkey.counter = use.integer(0, 1);
        passkey.backed_up = use.integer(0, 2) != 0;
        if (!use.is_null(0, 3)) passkey.used_at = from_unix_ms(use.integer(0, 3));
        passkey.used_in = use.text(0, 4);
        passkeys.push_back(std::move(passkey));
    }
    return passkeys;
}

PasskeyCounts CredentialSet::passkey_counts() const
{
    PasskeyCounts counts;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::passkey) continue;
        const Passkey passkey = passkey_of(row.id, row.created_at, row.body);
        switch (policy::passkeys::method_of(passkey.user_verified, passkey.backup_eligible)) {
        case policy::Method::passkey: ++counts.synced; break;
        case policy::Method::bound_passkey: ++counts.bound; break;
        case policy::Method::touched_key: ++counts.touched; break;
        case policy::Method::password:
        case policy::Method::totp:
        case policy::Method::recovery_code:
        case policy::Method::email_code:
        case policy::Method::sms_code: CHECK(false);
        }
    }
    return counts;
}

void CredentialSet::add_passkey(const Passkey& passkey)
{
    CHECK(std::ssize(passkey.transports) <= transports_max);
    m_rows.push_back({passkey.id.value(), Kind::passkey, body_of(passkey), passkey.created_at, 0, {}, false});
    m_first_passkey_uses.push_back(
        {passkey.id.value(), passkey.credential_id, passkey.counter, passkey.backed_up});
}

void CredentialSet::rename_passkey(const FactorId& id, std::string_view name)
{
    Row& row = row_of(id, Kind::passkey);
    Passkey passkey = passkey_of(row.id, row.created_at, row.body);
    passkey.name = name;
    row.body = body_of(passkey);
    row.changed = true;
}

void CredentialSet::remove_passkey(const FactorId& id)
{
    CHECK(row_of(id, Kind::passkey).id == id.value());
    remove(id.value());
}

bool note_passkey_use(db::Tx& tx, const FactorId& passkey, std::int64_t seen_counter, std::int64_t counter,
                      bool backed_up, std::string_view browser, Instant now)
{
    return tx.execute("UPDATE passkey_use SET counter = $1, backed_up = $2, used_at = $3, browser = $4 WHERE "
                      "credential = $5 AND counter = $6",
                      counter, backed_up ? 1 : 0, to_unix_ms(now), browser, passkey.value(),
                      seen_counter) == 1;
}

std::optional<AccountId> find_passkey_account(db::Tx& tx, BytesView credential_id)
{
    const auto rows = tx.query("SELECT credentials.account FROM passkey_use JOIN credentials ON "
                               "credentials.id = passkey_use.credential WHERE passkey_use.credential_id = $1",
                               Bytes(credential_id.begin(), credential_id.end()));
    return rows.empty() ? std::nullopt : AccountId::from_bytes(rows.bytes(0, 0));
}

bool is_spent(db::Tx& tx, BytesView challenge)
{
    return !tx.query("SELECT expires_at FROM spent_challenges WHERE challenge = $1",
                     Bytes(challenge.begin(), challenge.end()))
                .empty();
}

bool spend_challenge(db::Tx& tx, BytesView challenge, Instant expires_at)
{
    return tx.execute("INSERT INTO spent_challenges (challenge, expires_at) VALUES ($1, $2) ON CONFLICT "
                      "(challenge) DO NOTHING",
                      Bytes(challenge.begin(), challenge.end()), to_unix_ms(expires_at)) == 1;
}

}  // namespace sallyport::store
