#include "slices/reset/running_case.h"

#include "proof/cases.h"

namespace sallyport::reset {

namespace {

namespace roads = policy::roads;
using policy::roads::VetoAnswer;

/// The strong ones of the account's.
policy::Methods held_by(const store::CredentialSet& credentials)
{
    const auto passkeys = credentials.passkey_counts();
    policy::Methods held;
    if (credentials.totp_app_count() > 0) held.add(policy::Method::totp);
    if (passkeys.synced > 0) held.add(policy::Method::passkey);
    if (passkeys.bound > 0) held.add(policy::Method::bound_passkey);
    return held;
}

}  // namespace

Task<std::optional<Running>> running_case(proof::World& world, AccountId account)
{
    auto work = [&world, account](db::Tx& tx) -> std::optional<Running> {
        const Instant now = world.clock.now();
        const auto credentials = store::CredentialSet::load(tx, world.keys, account);
        const auto open = proof::open_case(credentials, now);
        if (!open) return std::nullopt;
        const bool ready =
            roads::stage_at(open->state, now, proof::road_limits) == policy::roads::Stage::ready;
        return Running{*open, ready, !open->state.paused.has(roads::Channel::session),
                       roads::can_end(held_by(credentials))};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<VetoAnswer> stop_by_session(proof::World& world, proof::Holder holder)
{
    auto work = [&world, holder](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        if (!proof::is_in_force(tx, world, holder)) return VetoAnswer::nothing;
        return stop_by_holder(tx, world, holder, credentials, {}, world.clock.now());
    };
    const auto answer = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return answer;
}

VetoAnswer stop_by_holder(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                          store::CredentialSet& credentials, policy::Methods shown, Instant now)
{
    const auto open = proof::open_case(credentials, now);
    if (!open) return VetoAnswer::nothing;
    const auto answer =
        proof::stop_case(tx, world, credentials, open->id, roads::Channel::session, shown, holder.asker, now);
    if (answer == VetoAnswer::ended || answer == VetoAnswer::paused) credentials.save(tx, world.keys, now);
    return answer;
}

}  // namespace sallyport::reset
