#include "slices/sign_in/half_finished.h"

#include "base/record.h"
#include "store/sealed_rows.h"

namespace sallyport::sign_in {

namespace {

Secret record_of(const HalfFinished& row)
{
    return RecordWriter("half-finished.2").time(row.begun).text(row.then).take_secret();
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
    RecordReader reader(found->content.reveal(), "half-finished.2");
    const Instant begun = reader.time();
    HalfFinished row{found->account, begun, reader.text()};
    reader.end();
    return row;
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
