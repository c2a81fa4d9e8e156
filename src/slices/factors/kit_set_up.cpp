#include "slices/factors/kit_set_up.h"

#include "base/record.h"
#include "store/sealed_rows.h"

namespace sallyport::factors {

namespace {

// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view purpose = "kit-set-up";
constexpr std::string_view shape = "kit-set-up.1";

}  // namespace

std::optional<KitSetUp> find_kit_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                        Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, holder.session, purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), shape);
    const auto account = AccountId::from_bytes(reader.bytes());
    const auto kit = KitId::from_bytes(reader.bytes());
    CHECK(account.has_value() && kit.has_value());
    if (*account != holder.account) return std::nullopt;
    KitSetUp set_up{*account, *kit, reader.time(), 0, {}, {}};
    set_up.asked = reader.number();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        set_up.printed.push_back(reader.secret());
        std::string phc = reader.text();
        set_up.hashes.push_back({std::move(phc), reader.number()});
    }
    reader.end();
    return set_up;
}

void keep_kit_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                     const KitSetUp& set_up)
{
    RecordWriter writer(shape);
    writer.bytes(set_up.account.value()).bytes(set_up.kit.value()).time(set_up.begun).number(set_up.asked);
    writer.number(static_cast<std::int64_t>(set_up.printed.size()));
    for (std::size_t i = 0; i < set_up.printed.size(); ++i)
        writer.bytes(set_up.printed[i].reveal()).text(set_up.hashes[i].phc).number(set_up.hashes[i].pepper);
    store::put_mailed_code(tx, world.keys, holder.session, purpose, writer.take_secret(),
                           set_up.begun + kit_set_up_life);
}

bool take_kit_set_up(db::Tx& tx, const proof::Holder& holder)
{
    return store::take_mailed_code(tx, holder.session, purpose);
}

}  // namespace sallyport::factors
