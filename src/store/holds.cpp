// Holds and changes that wait, of a CredentialSet: they decide over value and entry, so they
// stand under the same MACs as what signs in.
#include "base/record.h"
#include "store/credentials.h"

#include <algorithm>

namespace sallyport::store {

namespace {

namespace changes = policy::changes;

/// Enumerators are stored by their number, which is part of the record's shape: new ones come last.
template <class Enum>
Enum enumerator(RecordReader& reader, Enum last)
{
    const std::int64_t number = reader.number();
    CHECK(number >= 0 && number <= static_cast<std::int64_t>(last));
    return static_cast<Enum>(number);
}

RecordWriter& put_moment(RecordWriter& writer, const std::optional<Instant>& at)
{
    return writer.flag(at.has_value()).time(at.value_or(Instant{}));
}

std::optional<Instant> moment(RecordReader& reader)
{
    const bool there = reader.flag();
    const Instant at = reader.time();
    return there ? std::optional(at) : std::nullopt;
}

Bytes body_of(const PendingChange& change)
{
    RecordWriter writer("change.1");
    writer.number(static_cast<std::int64_t>(change.pending.kind));
    writer.number(static_cast<std::int64_t>(change.pending.state)).time(change.pending.due_at);
    writer.text(change.subject).text(change.before).text(change.after).text(change.stopped_by);
    return put_moment(writer, change.ended_at).take();
}

PendingChange change_of(const Uuid& id, Instant asked_at, const Bytes& body)
{
    RecordReader reader(body, "change.1");
    PendingChange change{ChangeId(id), {}, {}, {}, {}, {}, {}};
    change.pending.kind = enumerator(reader, changes::Kind::stop_email_codes);
    change.pending.state = enumerator(reader, changes::State::undone);
    change.pending.asked_at = asked_at;
    change.pending.due_at = reader.time();
    change.subject = reader.text();
    change.before = reader.text();
    change.after = reader.text();
    change.stopped_by = reader.text();
    change.ended_at = moment(reader);
    reader.end();
    return change;
}

}  // namespace

std::vector<Hold> CredentialSet::holds() const
{
    std::vector<Hold> holds;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::hold) continue;
        RecordReader reader(row.body, "hold.1");
        const auto cause = enumerator(reader, policy::holds::Cause::exits_paused);
        holds.push_back({HoldId(row.id), cause, row.created_at, reader.time()});
        reader.end();
    }
    return holds;
}

std::optional<Instant> CredentialSet::held_until(Instant now) const
{
    std::optional<Instant> last;
    for (const Hold& hold : holds())
        if (hold.until > now) last = std::max(last.value_or(hold.until), hold.until);
    return last;
}

void CredentialSet::add_hold(const Hold& hold)
{
    put_row(hold.id.value(), Kind::hold,
            RecordWriter("hold.1").number(static_cast<std::int64_t>(hold.cause)).time(hold.until).take(),
            hold.since);
}

std::vector<PendingChange> CredentialSet::changes() const
{
    std::vector<PendingChange> found;
    for (const Row& row : m_rows)
        if (row.kind == Kind::change) found.push_back(change_of(row.id, row.created_at, row.body));
    return found;
}

void CredentialSet::put_change(const PendingChange& change)
{
    put_row(change.id.value(), Kind::change, body_of(change), change.pending.asked_at);
}

void CredentialSet::forget_ended(Instant before)
{
    for (const Hold& hold : holds())
        if (hold.until < before) remove(hold.id.value());
    for (const PendingChange& change : changes())
        if (change.ended_at && *change.ended_at < before) remove(change.id.value());
    for (const RecoveryCase& one : cases())
        if (one.ended_at && *one.ended_at < before) remove(one.id.value());
}

}  // namespace sallyport::store
