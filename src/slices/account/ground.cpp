#include "slices/account/ground.h"

#include "proof/open_session.h"

#include <variant>

namespace sallyport::account {

Task<Ground> read_ground(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) {
        const Instant now = world.clock.now();
        const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
        Ground ground{false, credentials.primary_address(), {}, {}, {}, {}, {}};
        const auto level = actor.level;
        const bool may =
            policy::may(level, policy::Deed::change_security_setting, proof::highest_level_of(credentials));
        ground.allowed = may && credentials.state() == store::AccountState::active;
        ground.words = store::load_account(tx, world.keys, actor.account).words.now;
        ground.has_second_factor = proof::highest_level_of(credentials) >= policy::Level::aal2;
        ground.password = credentials.password();
        ground.old_passwords = store::old_passwords(tx, actor.account, world.passwords.remembered);
        ground.attempt.owner_key = ground.email.key();
        ground.attempt.known_browser = proof::knows_browser(tx, world, actor.asker, actor.account, now);
        return ground;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<ChargedTry> charge_guess(proof::World& world, proof::Asker asker, proof::Attempt attempt)
{
    const auto admission =
        co_await proof::charge_try(world, std::move(asker), std::move(attempt), policy::throttle::guess_cost);
    ChargedTry charged;
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        charged.hindrance.wait_until = no_try->until;
        charged.hindrance.needs_pass = no_try->needs_pass;
    } else {
        charged.charge = std::get<proof::Charge>(admission);
    }
    co_return charged;
}

}  // namespace sallyport::account
