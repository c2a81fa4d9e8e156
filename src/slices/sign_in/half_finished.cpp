#include "slices/sign_in/half_finished.h"

#include "base/record.h"
#include "policy/sign_in.h"
#include "store/sealed_rows.h"

namespace sallyport::sign_in {

namespace {

Secret record_of(const HalfFinished& row)
{
    return RecordWriter("half-finished.1")
        .time(row.begun)
        .text(row.then)
        .flag(row.drift_searched)
        .take_secret();
}

}  // namespace

void put(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row,
         Instant now)
{
    store::put_sign_in(tx, world.keys, secret, row.account, record_of(row),
                       now + policy::sign_in::Limits{}.half_finished_life);
}

std::optional<HalfFinished> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                                 Instant now)
{
    const auto found = store::find_sign_in(tx, world.keys, secret, now);
    if (!found) return std::nullopt;
    RecordReader reader(found->content.reveal(), "half-finished.1");
    const Instant begun = reader.time();
    HalfFinished row{found->account, begun, reader.text(), false};
    row.drift_searched = reader.flag();
    reader.end();
    return row;
}

void update(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row)
{
    store::update_sign_in(tx, world.keys, secret, row.account, record_of(row));
}

}  // namespace sallyport::sign_in
