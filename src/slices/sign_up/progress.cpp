#include "slices/sign_up/progress.h"

#include "base/log.h"
#include "base/record.h"

namespace sallyport::sign_up {

namespace {

constexpr std::string_view shape = "sign-up.2";
constexpr std::uint32_t codes = 100'000'000;  // 8 digits

void write_backup(RecordWriter& writer, const Backup& backup)
{
    writer.bytes(backup.kit.bytes())
        .time(backup.made_at)
        .number(static_cast<std::int64_t>(backup.printed.size()));
    for (std::size_t i = 0; i < backup.printed.size(); ++i)
        writer.bytes(backup.printed[i].reveal()).text(backup.hashes[i].phc).number(backup.hashes[i].pepper);
    writer.number(backup.asked);
}

/// Made, and never used yet.
void write_passkey(RecordWriter& writer, const store::Passkey& passkey)
{
    writer.bytes(passkey.id.bytes()).bytes(passkey.credential_id).bytes(passkey.public_key);
    writer.bytes(passkey.aaguid).text(passkey.name);
    writer.number(static_cast<std::int64_t>(passkey.transports.size()));
    for (const std::string& transport : passkey.transports) writer.text(transport);
    writer.flag(passkey.backup_eligible).flag(passkey.user_verified).time(passkey.created_at);
    writer.number(passkey.counter).flag(passkey.backed_up);
}

Secret record_of(const Progress& progress)
{
    RecordWriter writer(shape);
    writer.text(progress.email.address())
        .time(progress.begun)
        .number(static_cast<std::int64_t>(progress.stage));
    writer.time(progress.challenge.sent_at).number(progress.challenge.sends).text(progress.code);
    writer.bytes(progress.account.bytes()).text(progress.words);
    writer.flag(progress.password.has_value());
    if (progress.password) writer.text(progress.password->phc).number(progress.password->pepper);
    writer.flag(progress.passkey.has_value());
    if (progress.passkey) write_passkey(writer, *progress.passkey);
    writer.bytes(progress.app_key.reveal()).number(progress.app_step).number(progress.app_drift);
    writer.flag(progress.backup.has_value());
    if (progress.backup) write_backup(writer, *progress.backup);
    return writer.take_secret();
}

/// What a record of ours must hold; another one counts as none.
template <class T>
T need(std::optional<T> value)
{
    if (!value) throw RecordMalformed("a sign-up's record");
    return std::move(*value);
}

Backup read_backup(RecordReader& reader)
{
    Backup backup{need(KitId::from_bytes(reader.bytes())), {}, {}, {}, 0};
    backup.made_at = reader.time();
    const std::int64_t count = reader.number();
    for (std::int64_t i = 0; i < count; ++i) {
        backup.printed.push_back(reader.secret());
        store::StoredHash hash{reader.text(), 0};
        hash.pepper = reader.number();
        backup.hashes.push_back(std::move(hash));
    }
    backup.asked = reader.number();
    return backup;
}

store::Passkey read_passkey(RecordReader& reader)
{
    store::Passkey passkey{
        need(FactorId::from_bytes(reader.bytes())), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    passkey.credential_id = reader.bytes();
    passkey.public_key = reader.bytes();
    passkey.aaguid = reader.bytes();
    passkey.name = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) passkey.transports.push_back(reader.text());
    passkey.backup_eligible = reader.flag();
    passkey.user_verified = reader.flag();
    passkey.created_at = reader.time();
    passkey.counter = reader.number();
    passkey.backed_up = reader.flag();
    return passkey;
}

Progress progress_of(const Secret& content)
{
    RecordReader reader(content.reveal(), shape);
    auto email = need(Email::parse(reader.text()));
    const Instant begun = reader.time();
    const auto stage = static_cast<policy::sign_up::Stage>(reader.number());
    policy::sign_up::Challenge challenge;
    challenge.sent_at = reader.time();
    challenge.sends = reader.number();
    std::string code = reader.text();
    Progress progress{std::move(email),
                      begun,
                      stage,
                      challenge,
                      std::move(code),
                      need(AccountId::from_bytes(reader.bytes())),
                      {},
                      {},
                      {},
                      {},
                      0,
                      0,
                      {}};
    progress.words = reader.text();
    if (reader.flag()) {
        progress.password.emplace(store::StoredHash{reader.text(), 0});
        progress.password->pepper = reader.number();
    }
    if (reader.flag()) progress.passkey.emplace(read_passkey(reader));
    progress.app_key = reader.secret();
    progress.app_step = reader.number();
    progress.app_drift = reader.number();
    if (reader.flag()) progress.backup.emplace(read_backup(reader));
    reader.end();
    return progress;
}

std::optional<Found> found_of(std::optional<store::SignUpRow> row)
{
    if (!row) return std::nullopt;
    try {
        Progress progress = progress_of(row->content);
        progress.challenge.tries = row->tries;
        return Found{std::move(*row), std::move(progress)};
    } catch (const RecordMalformed&) {
        log::write(log::Level::warning, "sign_up_row_of_another_version");
        return std::nullopt;
    }
}

}  // namespace

std::optional<Found> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, Instant now)
{
    return found_of(store::find_sign_up(tx, world.keys, secret, now));
}

void insert(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const Progress& progress)
{
    store::insert_sign_up(tx, world.keys, secret, progress.email, record_of(progress),
                          progress.begun + limits.row_life);
}

bool save(db::Tx& tx, const proof::World& world, const Found& found, bool proven)
{
    return store::update_sign_up(tx, world.keys, found.row, proven, record_of(found.progress));
}

std::optional<Found> find_other(db::Tx& tx, const proof::World& world, const Found& own, Instant now)
{
    return found_of(store::find_proven_sign_up(tx, world.keys, own.row, now));
}

Backup backup_of(const proof::NewKit& kit, KitId id, Instant now)
{
    Backup backup{id, now, {}, kit.hashes, 0};
    for (const Secret& code : kit.printed) backup.printed.push_back(code.duplicate());
    return backup;
}

Backup copy_of(const Backup& backup)
{
    Backup copy{backup.kit, backup.made_at, {}, backup.hashes, backup.asked};
    for (const Secret& code : backup.printed) copy.printed.push_back(code.duplicate());
    return copy;
}

std::string fresh_code(ports::Random& random)
{
    std::string digits = std::to_string(random.below(codes));
    return std::string(code_digits - digits.size(), '0') + digits;
}

policy::sign_up::Facts facts_of(const Found& own, const proof::World& world) noexcept
{
    return {{own.progress.stage, own.progress.begun},
            own.proven(),
            world.second_factor_mandatory,
            world.methods.hardware_key_required};
}

Task<std::optional<Found>> read_progress(proof::World& world, store::TokenHash secret)
{
    auto work = [&world, secret](db::Tx& tx) { return find(tx, world, secret, world.clock.now()); };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_up
