// Cases on the roads back, of a CredentialSet: a case lets somebody in, so it stands under the same MACs as
// what signs in. Enumerators are stored by their number, which is part of the record's shape: new ones come
// last.
#include "base/record.h"
#include "store/credentials.h"

#include <array>

namespace sallyport::store {

namespace {

namespace roads = policy::roads;

constexpr std::array all_evidence{roads::Evidence::mailed_code, roads::Evidence::recovery_code};
constexpr std::array all_channels{roads::Channel::mail, roads::Channel::notice_mail, roads::Channel::text,
                                  roads::Channel::session};

template <class Set, class All>
std::int64_t bits_of(const Set& set, const All& all)
{
    std::int64_t bits = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (set.has(all[i])) bits |= std::int64_t{1} << i;
    return bits;
}

template <class Set, class All>
void add_bits(Set& set, const All& all, std::int64_t bits)
{
    for (std::size_t i = 0; i < all.size(); ++i)
        if ((bits >> i & 1) != 0) set.add(all[i]);
}

Bytes body_of(const RecoveryCase& one)
{
    RecordWriter writer("recovery.1");
    writer.number(static_cast<std::int64_t>(one.state.road));
    writer.number(static_cast<std::int64_t>(one.state.stage)).time(one.state.enter_at);
    writer.number(bits_of(one.state.given, all_evidence)).number(bits_of(one.state.paused, all_channels));
    return writer.flag(one.ended_at.has_value()).time(one.ended_at.value_or(Instant{})).take();
}

RecoveryCase case_of(const Uuid& id, Instant begun, const Bytes& body)
{
    RecordReader reader(body, "recovery.1");
    RecoveryCase one{CaseId(id), {}, {}};
    CHECK(reader.number() == static_cast<std::int64_t>(roads::Road::kit));
    const std::int64_t stage = reader.number();
    CHECK(stage >= 0 && stage <= static_cast<std::int64_t>(roads::Stage::expired));
    one.state.stage = static_cast<roads::Stage>(stage);
    one.state.begun = begun;
    one.state.enter_at = reader.time();
    add_bits(one.state.given, all_evidence, reader.number());
    add_bits(one.state.paused, all_channels, reader.number());
    const bool ended = reader.flag();
    const Instant at = reader.time();
    if (ended) one.ended_at = at;
    reader.end();
    return one;
}

}  // namespace

std::vector<RecoveryCase> CredentialSet::cases() const
{
    std::vector<RecoveryCase> found;
    for (const Row& row : m_rows)
        if (row.kind == Kind::recovery) found.push_back(case_of(row.id, row.created_at, row.body));
    return found;
}

void CredentialSet::put_case(const RecoveryCase& one)
{
    put_row(one.id.value(), Kind::recovery, body_of(one), one.state.begun);
}

}  // namespace sallyport::store
