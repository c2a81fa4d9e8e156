#include "slices/addresses/confirm_again.h"

#include "proof/effects.h"
#include "proof/open_session.h"
#include "store/address_standings.h"
#include "store/budgets.h"

#include <algorithm>

namespace sallyport::addresses {

namespace {

constexpr policy::deliverability::Limits limits;

proof::CodePlace place_of(const proof::Holder& holder)
{
    return {holder.account, holder.session, policy::challenge::Purpose::own_address,
            policy::challenge::Channel::email};
}

std::vector<MarkedAddress> marked_of(db::Tx& tx, const proof::World& world, const AccountId& account,
                                     Instant now)
{
    std::vector<MarkedAddress> marked;
    for (const store::Channel& channel : store::CredentialSet::load(tx, world.keys, account).channels()) {
        const auto standing = store::load_standing(tx, world.keys, account, channel.address);
        if (policy::deliverability::is_undeliverable(standing, now, limits))
            marked.push_back(
                {channel.id, channel.address.address(), channel.role == store::ChannelRole::primary});
    }
    return marked;
}

/// The address may have been changed in another browser since the code was sent.
bool settle(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const proof::CodeTry& tried)
{
    const Instant now = world.clock.now();
    if (!proof::is_in_force(tx, world, holder)) return false;
    const auto channels = store::CredentialSet::load(tx, world.keys, holder.account).channels();
    const auto at = std::ranges::find_if(
        channels, [&](const store::Channel& channel) { return channel.address.address() == tried.to; });
    if (at == channels.end()) return false;
    if (!proof::take_code(tx, world, place_of(holder), tried.digits, now)) return false;
    proof::note(tx, world, holder.account, "email_confirmed_again", holder.asker, now, at->address.masked());
    return true;
}

}  // namespace

Task<Marked> find_marked(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const Instant now = world.clock.now();
        Marked marked{marked_of(tx, world, holder.account, now), std::nullopt};
        marked.code = proof::read_code(tx, world, place_of(holder), now);
        const auto is_there = [&](const std::string& to) {
            return std::ranges::find(marked.addresses, to, &MarkedAddress::address) != marked.addresses.end();
        };
        if (marked.code && !is_there(marked.code->to)) marked.code.reset();
        return marked;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<std::optional<proof::SendOutcome>> send_again_code(proof::World& world, proof::Holder holder,
                                                        std::optional<ChannelId> id)
{
    const Instant now = world.clock.now();
    auto look = [&world, &holder, now](db::Tx& tx) { return marked_of(tx, world, holder.account, now); };
    const auto marked = co_await world.database.transact(std::move(look));
    const auto at = std::ranges::find_if(marked, [&id](const MarkedAddress& one) { return one.id == id; });
    if (at == marked.end()) co_return std::nullopt;
    const store::BudgetKey account{store::BudgetKind::code_day,
                                   world.keys.index.of("confirm-again", holder.account.value())};
    const auto paid =
        co_await store::charge_in_window(world.database, account, again_codes_max, again_codes_window, now);
    if (!paid) {
        const std::vector<store::BudgetKey> keys{account};
        const auto used = co_await store::read_budgets(world.database, keys);
        co_return proof::SendOutcome{proof::SendAnswer::wait, used[0].window_ends_at};
    }
    proof::CodeTarget target{at->address, true};
    const auto place = place_of(holder);
    const auto sent = co_await proof::send_code(world, holder.asker, place, std::move(target));
    co_return sent;
}

Task<Again> confirm_again(proof::World& world, proof::Holder holder, std::string typed)
{
    const auto tried = co_await proof::try_code(world, place_of(holder), std::move(typed));
    switch (tried.answer) {
    case proof::CodeAnswer::wrong: co_return Again::wrong;
    case proof::CodeAnswer::malformed: co_return Again::malformed;
    case proof::CodeAnswer::over: co_return Again::code_over;
    case proof::CodeAnswer::right: break;
    }
    auto work = [&world, &holder, &tried](db::Tx& tx) { return settle(tx, world, holder, tried); };
    const bool confirmed = co_await world.database.transact(std::move(work));
    co_return confirmed ? Again::confirmed : Again::code_over;
}

}  // namespace sallyport::addresses
