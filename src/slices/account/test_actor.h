#pragma once
// For this room's tests: a signed-in person as its use cases see one, and a deed without its proof.
#include "slices/account/ground.h"
#include "support/signed_in.h"

namespace sallyport::account {

inline proof::Holder actor_of(const test::Browser& browser)
{
    return {browser.account, browser.session, browser.level, browser.asker};
}

/// Runs `deed(tx, account, credentials)` as access::prove would, the proof being right.
template <class Deed>
void in_deed(test::World& w, const proof::Holder& actor, Deed deed)
{
    w.transact([&](db::Tx& tx) {
        const auto account = store::load_account(tx, w.keys.keys, actor.account);
        auto credentials = store::CredentialSet::load(tx, w.keys.keys, actor.account);
        deed(tx, account, credentials);
    });
}

/// A finished step-up: the account's tries are all there again.
inline void succeed(test::World& w, const proof::Holder& actor)
{
    const auto ground = sync_wait(read_ground(w.world, actor));
    const auto charged = sync_wait(charge_guess(w.world, actor.asker, ground.attempt));
    CHECK(charged.charge.has_value());
    w.transact([&](db::Tx& tx) {
        proof::succeed(tx, w.world, actor.asker, ground.attempt, *charged.charge, w.clock.now());
    });
}

}  // namespace sallyport::account
