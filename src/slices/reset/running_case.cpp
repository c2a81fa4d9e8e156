#include "slices/reset/running_case.h"

#include "proof/cases.h"
#include "proof/open_session.h"

namespace sallyport::reset {

namespace {

namespace roads = policy::roads;
using policy::roads::VetoAnswer;

/// A step-up takes the strongest that there is: a password only where this is false.
bool has_strong_factor(const store::CredentialSet& credentials)
{
    return proof::highest_level_of(credentials) >= policy::Level::aal2;
}

VetoAnswer pause(db::Tx& tx, const proof::World& world, const proof::Holder& holder)
{
    const Instant now = world.clock.now();
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    const auto open = proof::open_case(credentials, now);
    if (!open || !proof::is_in_force(tx, world, holder)) return VetoAnswer::nothing;
    const auto answer =
        proof::pause_case(tx, world, credentials, open->id, roads::Channel::session, holder.asker, now);
    if (answer == VetoAnswer::paused) credentials.save(tx, world.keys, now);
    return answer;
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
                       has_strong_factor(credentials)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<VetoAnswer> pause_by_session(proof::World& world, proof::Holder holder)
{
    auto work = [&world, holder](db::Tx& tx) { return pause(tx, world, holder); };
    const auto answer = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return answer;
}

VetoAnswer end_by_factor(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         store::CredentialSet& credentials, Instant now)
{
    const auto open = proof::open_case(credentials, now);
    if (!open || !has_strong_factor(credentials)) return VetoAnswer::nothing;
    const auto answer = proof::end_case(tx, world, credentials, open->id, holder.asker, now);
    if (answer == VetoAnswer::ended) credentials.save(tx, world.keys, now);
    return answer;
}

}  // namespace sallyport::reset
