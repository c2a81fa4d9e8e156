#include "slices/factors/app_set_up.h"

#include "base/record.h"
#include "store/sealed_rows.h"

namespace sallyport::factors {

namespace {

using policy::factors::SetUp;

// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view purpose = "app-set-up";
constexpr std::string_view shape = "app-set-up.1";

}  // namespace

std::optional<AppSetUp> find_app_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                        Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, holder.session, purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), shape);
    const auto account = AccountId::from_bytes(reader.bytes());
    CHECK(account.has_value());
    if (*account != holder.account) return std::nullopt;
    AppSetUp set_up{*account, false, SetUp::shown, {}, 0, 0, {}};
    set_up.moving = reader.flag();
    set_up.stage = reader.flag() ? SetUp::code_proven : SetUp::shown;
    set_up.key = reader.secret();
    set_up.step = reader.number();
    set_up.drift = reader.number();
    set_up.begun = reader.time();
    reader.end();
    return set_up;
}

void keep_app_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                     const AppSetUp& set_up)
{
    RecordWriter writer(shape);
    writer.bytes(set_up.account.value()).flag(set_up.moving).flag(set_up.stage == SetUp::code_proven);
    writer.bytes(set_up.key.reveal()).number(set_up.step).number(set_up.drift).time(set_up.begun);
    store::put_mailed_code(tx, world.keys, holder.session, purpose, writer.take_secret(),
                           set_up.begun + app_set_up_life);
}

bool take_app_set_up(db::Tx& tx, const proof::Holder& holder)
{
    return store::take_mailed_code(tx, holder.session, purpose);
}

}  // namespace sallyport::factors
