#include "slices/sign_in/half_finished.h"

#include "base/record.h"
#include "store/sealed_rows.h"

namespace sallyport::sign_in {

namespace {

constexpr std::string_view shape = "half-finished.3";

Secret record_of(const HalfFinished& row)
{
    return RecordWriter(shape).time(row.begun).text(row.then).flag(row.trust_answered).take_secret();
}

}  // namespace

void put(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row,
         Instant now)
{
    store::put_sign_in(tx, world.keys, secret, row.account, record_of(row),
                       now + world.sign_in.half_finished_life);
}

std::optional<HalfFinished> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                                 Instant now)
{
    const auto found = store::find_sign_in(tx, world.keys, secret, now);
    if (!found) return std::nullopt;
    RecordReader reader(found->content.reveal(), shape);
    HalfFinished row{found->account, reader.time(), {}};
    row.then = reader.text();
    row.trust_answered = reader.flag();
    reader.end();
    return row;
}

void update(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const HalfFinished& row)
{
    store::update_sign_in(tx, world.keys, secret, row.account, record_of(row));
}

policy::sign_in::AccountState state_of(const store::CredentialSet& credentials)
{
    switch (credentials.state()) {
    case store::AccountState::active: return policy::sign_in::AccountState::active;
    case store::AccountState::locked: return policy::sign_in::AccountState::locked;
    case store::AccountState::closed: return policy::sign_in::AccountState::closed;
    }
    return policy::sign_in::AccountState::locked;
}

}  // namespace sallyport::sign_in
