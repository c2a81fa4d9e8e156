#include "store/credentials.h"

#include "base/log.h"
#include "base/record.h"

#include <algorithm>

namespace sallyport::store {

namespace {

[[noreturn]] void tampered(const AccountId& account, std::string_view what)
{
    log::write(log::Level::alarm, "row_not_ours", {{"account", account.text()}, {"what", what}});
    throw TamperedRow("a row that grants power is not as it was written");
}

Uuid uuid_at(const AccountId& account, const db::Rows& rows, std::size_t row, std::size_t column)
{
    const auto id = uuid_from_bytes(rows.bytes(row, column));
    if (!id) tampered(account, "credential");
    return *id;
}

constexpr std::string_view role_text(ChannelRole role)
{
    switch (role) {
    case ChannelRole::primary: return "primary";
    case ChannelRole::notice: return "notice";
    }
    return {};
}

}  // namespace

std::string_view state_text(AccountState state) noexcept
{
    switch (state) {
    case AccountState::active: return "active";
    case AccountState::locked: return "locked";
    case AccountState::closed: return "closed";
    }
    return {};
}

AccountState state_of(std::string_view text)
{
    for (const AccountState state : {AccountState::active, AccountState::locked, AccountState::closed})
        if (state_text(state) == text) return state;
    throw ProgrammingError("account state out of range");
}

std::string_view CredentialSet::kind_text(Kind kind) noexcept
{
    switch (kind) {
    case Kind::password: return "password";
    case Kind::totp: return "totp";
    case Kind::kit: return "kit";
    case Kind::recovery_code: return "recovery_code";
    case Kind::channel: return "channel";
    case Kind::passkey: return "passkey";
    case Kind::phone: return "phone";
    case Kind::email_codes: return "email_codes";
    case Kind::hold: return "hold";
    case Kind::change: return "change";
    case Kind::recovery: return "recovery";
    case Kind::lock: return "lock";
    }
    return {};
}

CredentialSet::Kind CredentialSet::kind_of(std::string_view text)
{
    for (const Kind kind :
         {Kind::password, Kind::totp, Kind::kit, Kind::recovery_code, Kind::channel, Kind::passkey,
          Kind::phone, Kind::email_codes, Kind::hold, Kind::change, Kind::recovery, Kind::lock})
        if (kind_text(kind) == text) return kind;
    throw ProgrammingError("credential kind out of range");
}

crypto::Canonical CredentialSet::sealing_context(const AccountId& account, const Uuid& id)
{
    return {"credentials.totp", 1, {account.value(), id}};
}

crypto::Canonical CredentialSet::row_mac_input(const Row& row) const
{
    return {
        "credentials",
        1,
        {row.id, m_account.value(), kind_text(row.kind), row.body, to_unix_ms(row.created_at), row.version}};
}

crypto::Canonical CredentialSet::digest_input() const
{
    const Uuid& account = m_account.value();
    std::vector<crypto::Field> fields{account, m_email_key, state_text(m_state), to_unix_ms(m_created_at),
                                      m_version};
    for (const Row& row : m_rows) {
        fields.emplace_back(row.id);
        fields.emplace_back(row.mac);
    }
    return {"accounts", 1, fields};
}

void CredentialSet::refuse_tampered(std::string_view what) const { tampered(m_account, what); }

db::Rows CredentialSet::query_head(db::Tx& tx, const AccountId& account)
{
    return tx.query("SELECT email_key, state, created_at, version, digest FROM accounts WHERE id = $1",
                    account.value());
}

db::Rows CredentialSet::query_rows(db::Tx& tx, const AccountId& account)
{
    return tx.query(
        "SELECT id, kind, body, created_at, version, mac FROM credentials WHERE account = $1 ORDER BY id",
        account.value());
}

void CredentialSet::load_nothing(db::Tx& tx, const AccountId& nobody)
{
    CHECK(query_head(tx, nobody).empty() && query_rows(tx, nobody).empty());
}

CredentialSet CredentialSet::load(db::Tx& tx, const Keys& keys, const AccountId& account)
{
    const auto head = query_head(tx, account);
    CHECK(head.size() == 1);
    CredentialSet set(account, head.text(0, 0), from_unix_ms(head.integer(0, 2)));
    set.m_state = state_of(head.text(0, 1));
    set.m_version = head.integer(0, 3);
    const auto rows = query_rows(tx, account);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Row row{uuid_at(account, rows, i, 0),     kind_of(rows.text(i, 1)), rows.bytes(i, 2),
                from_unix_ms(rows.integer(i, 3)), rows.integer(i, 4),       rows.bytes(i, 5)};
        if (!keys.rows.verify(set.row_mac_input(row), row.mac)) tampered(account, "credential");
        set.m_rows.push_back(std::move(row));
    }
    if (!keys.rows.verify(set.digest_input(), head.bytes(0, 4))) tampered(account, "set");
    return set;
}

CredentialSet CredentialSet::for_new(const AccountId& account, const Email& email, Instant created_at)
{
    return {account, email.key(), created_at};
}

const CredentialSet::Row* CredentialSet::first(Kind kind) const noexcept
{
    const auto at = std::ranges::find(m_rows, kind, &Row::kind);
    return at == m_rows.end() ? nullptr : &*at;
}

void CredentialSet::remove(const Uuid& id)
{
    const auto at = std::ranges::find(m_rows, id, &Row::id);
    CHECK(at != m_rows.end());
    if (at->version != 0) m_removed.push_back(id);
    m_rows.erase(at);
}

void CredentialSet::remove_kind(Kind kind)
{
    while (const Row* const row = first(kind)) remove(Uuid(row->id));
}

std::optional<StoredHash> CredentialSet::password() const
{
    const Row* const row = first(Kind::password);
    if (row == nullptr) return std::nullopt;
    RecordReader reader(row->body, "password.1");
    std::string phc = reader.text();
    return StoredHash{std::move(phc), reader.number()};
}

std::optional<Instant> CredentialSet::password_changed_at() const
{
    const Row* const row = first(Kind::password);
    return row == nullptr ? std::nullopt : std::optional(row->created_at);
}

void CredentialSet::set_password(FactorId id, const StoredHash& hash, Instant now)
{
    remove_kind(Kind::password);
    m_rows.push_back({id.value(),
                      Kind::password,
                      RecordWriter("password.1").text(hash.phc).number(hash.pepper).take(),
                      now,
                      0,
                      {}});
}

void CredentialSet::remove_password()
{
    CHECK(first(Kind::password) != nullptr);
    remove_kind(Kind::password);
}

void CredentialSet::replace_password_hash(const StoredHash& hash)
{
    const Row* const row = first(Kind::password);
    CHECK(row != nullptr);
    const FactorId id(row->id);
    const Instant created_at = row->created_at;
    set_password(id, hash, created_at);
}

std::vector<TotpApp> CredentialSet::totp_apps(db::Tx& tx, const Keys& keys) const
{
    std::vector<TotpApp> apps;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::totp) continue;
        RecordReader reader(row.body, "totp.1");
        auto secret = keys.sealer.open(sealing_context(m_account, row.id), reader.bytes());
        const FactorId id(row.id);
        const auto use =
            tx.query("SELECT last_step, drift, used_at FROM totp_use WHERE credential = $1", id.bytes());
        // Without its newest spent step a code could be replayed: a missing row is refused like a forged one.
        if (!secret || use.empty()) tampered(m_account, "totp");
        apps.push_back({id, std::move(*secret), row.created_at, use.integer(0, 0), use.integer(0, 1),
                        from_unix_ms(use.integer(0, 2))});
    }
    return apps;
}

std::size_t CredentialSet::totp_app_count() const noexcept
{
    return static_cast<std::size_t>(std::ranges::count(m_rows, Kind::totp, &Row::kind));
}

void CredentialSet::add_totp_app(const Keys& keys, FactorId id, const Secret& secret, std::int64_t spent_step,
                                 std::int64_t drift, Instant now)
{
    const Bytes sealed = keys.sealer.seal(sealing_context(m_account, id.value()), secret.reveal());
    m_rows.push_back({id.value(), Kind::totp, RecordWriter("totp.1").bytes(sealed).take(), now, 0, {}});
    m_first_uses.push_back({id.value(), spent_step, drift});
}

void CredentialSet::remove_totp_app(const FactorId& id) { remove(id.value()); }

std::optional<Kit> CredentialSet::kit() const
{
    const Row* const head = first(Kind::kit);
    if (head == nullptr) return std::nullopt;
    Kit kit{KitId(head->id), head->created_at, {}};
    for (const Row& row : m_rows) {
        if (row.kind != Kind::recovery_code) continue;
        RecordReader reader(row.body, "recovery-code.1");
        const std::int64_t index = reader.number();
        std::string phc = reader.text();
        kit.codes.push_back({FactorId(row.id), index, {std::move(phc), reader.number()}});
    }
    std::ranges::sort(kit.codes, {}, &RecoveryCode::index);
    return kit;
}

void CredentialSet::set_kit(KitId id, const std::vector<FactorId>& ids, const std::vector<StoredHash>& hashes,
                            Instant now)
{
    CHECK(ids.size() == hashes.size());
    remove_kind(Kind::kit);
    remove_kind(Kind::recovery_code);
    m_rows.push_back({id.value(), Kind::kit, RecordWriter("kit.1").take(), now, 0, {}});
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto index = static_cast<std::int64_t>(i) + 1;
        Bytes body =
            RecordWriter("recovery-code.1").number(index).text(hashes[i].phc).number(hashes[i].pepper).take();
        m_rows.push_back({ids[i].value(), Kind::recovery_code, std::move(body), now, 0, {}});
    }
}

void CredentialSet::spend_recovery_code(const FactorId& id) { remove(id.value()); }

std::vector<Channel> CredentialSet::channels() const
{
    std::vector<Channel> channels;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::channel) continue;
        RecordReader reader(row.body, "channel.1");
        const ChannelRole role =
            reader.text() == role_text(ChannelRole::primary) ? ChannelRole::primary : ChannelRole::notice;
        const auto address = Email::parse(reader.text());
        CHECK(address.has_value());
        channels.push_back({ChannelId(row.id), role, *address, row.created_at});
    }
    return channels;
}

Email CredentialSet::primary_address() const
{
    for (const Channel& channel : channels())
        if (channel.role == ChannelRole::primary) return channel.address;
    tampered(m_account, "no primary channel");
}

void CredentialSet::add_channel(const Channel& channel)
{
    Bytes body =
        RecordWriter("channel.1").text(role_text(channel.role)).text(channel.address.address()).take();
    m_rows.push_back({channel.id.value(), Kind::channel, std::move(body), channel.proven_at, 0, {}});
}

void CredentialSet::remove_channel(const ChannelId& id) { remove(id.value()); }

void CredentialSet::set_primary(const Channel& channel)
{
    CHECK(channel.role == ChannelRole::primary);
    for (const Channel& held : channels())
        if (held.role == ChannelRole::primary || held.address == channel.address) remove_channel(held.id);
    add_channel(channel);
    m_email_key = channel.address.key();
}

CredentialSet::Row& CredentialSet::row_of(const FactorId& id, Kind kind)
{
    const auto at = std::ranges::find(m_rows, id.value(), &Row::id);
    CHECK(at != m_rows.end() && at->kind == kind);
    return *at;
}

void CredentialSet::put_row(const Uuid& id, Kind kind, Bytes body, Instant created_at)
{
    const auto at = std::ranges::find(m_rows, id, &Row::id);
    if (at == m_rows.end()) {
        m_rows.push_back({id, kind, std::move(body), created_at, 0, {}, false});
        return;
    }
    CHECK(at->kind == kind && at->created_at == created_at);
    at->body = std::move(body);
    at->changed = true;
}

void CredentialSet::write_row(db::Tx& tx, const Keys& keys, Row& row)
{
    const bool stored = row.version != 0;
    row.version = m_version;
    row.changed = false;
    row.mac = keys.rows.mac(row_mac_input(row));
    if (stored) {
        CHECK(tx.execute("UPDATE credentials SET body = $1, version = $2, mac = $3 WHERE id = $4", row.body,
                         row.version, row.mac, row.id) == 1);
        return;
    }
    tx.execute("INSERT INTO credentials (id, account, kind, body, created_at, version, mac) VALUES ($1, $2, "
               "$3, $4, $5, $6, $7)",
               row.id, m_account.value(), kind_text(row.kind), row.body, to_unix_ms(row.created_at),
               row.version, row.mac);
}

void CredentialSet::write_first_uses(db::Tx& tx, Instant now)
{
    for (const FirstUse& use : m_first_uses)
        tx.execute("INSERT INTO totp_use (credential, last_step, drift, used_at) VALUES ($1, $2, $3, $4)",
                   use.credential, use.step, use.drift, to_unix_ms(now));
    for (const FirstPasskeyUse& use : m_first_passkey_uses)
        tx.execute("INSERT INTO passkey_use (credential, credential_id, counter, backed_up, browser) VALUES "
                   "($1, $2, $3, $4, '')",
                   use.credential, use.credential_id, use.counter, use.backed_up ? 1 : 0);
    m_first_uses.clear();
    m_first_passkey_uses.clear();
}

void CredentialSet::save(db::Tx& tx, const Keys& keys, Instant now)
{
    const std::int64_t before = m_version++;
    for (const Uuid& id : m_removed) CHECK(tx.execute("DELETE FROM credentials WHERE id = $1", id) == 1);
    std::ranges::sort(m_rows, {}, &Row::id);
    for (Row& row : m_rows)
        if (row.version == 0 || row.changed) write_row(tx, keys, row);
    write_first_uses(tx, now);
    const Bytes digest = keys.rows.mac(digest_input());
    // Serializable transactions never lose this race; the guard is for the day when one is not.
    CHECK(
        tx.execute("UPDATE accounts SET version = $1, digest = $2, email_key = $5, state = $6 WHERE id = $3 "
                   "AND version = $4",
                   m_version, digest, m_account.value(), before, m_email_key, state_text(m_state)) == 1);
    m_removed.clear();
}

bool spend_totp_step(db::Tx& tx, const FactorId& app, std::int64_t step, std::int64_t drift, Instant now)
{
    return tx.execute("UPDATE totp_use SET last_step = $1, drift = $2, used_at = $3 WHERE credential = $4 "
                      "AND last_step < $1",
                      step, drift, to_unix_ms(now), app.value()) == 1;
}

}  // namespace sallyport::store
