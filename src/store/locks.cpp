// The lock of a CredentialSet: one row for each account that was ever locked, with what each voice has said.
// It stands under the same MACs as what signs in, and beside it the account's state under their digest.
// Enumerators are stored by their number, which is part of the record's shape: new ones come last.
#include "base/record.h"
#include "store/credentials.h"

namespace sallyport::store {

namespace {

namespace rules = policy::lock;

Bytes body_of(const AccountLock& lock)
{
    RecordWriter writer("lock.1");
    writer.flag(lock.running).text(lock.number).number(static_cast<std::int64_t>(lock.means));
    writer.time(lock.locked_at).flag(lock.unlock_at.has_value()).time(lock.unlock_at.value_or(Instant{}));
    writer.number(lock.delays).number(static_cast<std::int64_t>(lock.voices.size()));
    for (const auto& [voice, said] : lock.voices)
        writer.text(voice).flag(said.in_this_lock).flag(said.delayed).flag(said.spoken).flag(said.paused);
    return writer.take();
}

rules::Said said_in(RecordReader& reader)
{
    rules::Said said;
    said.in_this_lock = reader.flag();
    said.delayed = reader.flag();
    said.spoken = reader.flag();
    said.paused = reader.flag();
    return said;
}

AccountLock lock_of(const Uuid& id, Instant first_at, const Bytes& body)
{
    RecordReader reader(body, "lock.1");
    AccountLock lock{LockId(id), first_at};
    lock.running = reader.flag();
    lock.number = reader.text();
    const std::int64_t means = reader.number();
    CHECK(means >= 0 && means <= static_cast<std::int64_t>(rules::Means::session));
    lock.means = static_cast<rules::Means>(means);
    lock.locked_at = reader.time();
    const bool waits = reader.flag();
    const Instant unlock_at = reader.time();
    if (waits) lock.unlock_at = unlock_at;
    lock.delays = reader.number();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string voice = reader.text();
        lock.voices.emplace_back(std::move(voice), said_in(reader));
    }
    reader.end();
    return lock;
}

}  // namespace

std::optional<AccountLock> CredentialSet::lock() const
{
    const Row* const row = first(Kind::lock);
    return row == nullptr ? std::nullopt : std::optional(lock_of(row->id, row->created_at, row->body));
}

void CredentialSet::put_lock(const AccountLock& lock)
{
    const Row* const row = first(Kind::lock);
    CHECK(row == nullptr || row->id == lock.id.value());
    CHECK(m_state != AccountState::closed);
    put_row(lock.id.value(), Kind::lock, body_of(lock), lock.first_at);
    m_state = lock.running ? AccountState::locked : AccountState::active;
}

}  // namespace sallyport::store
