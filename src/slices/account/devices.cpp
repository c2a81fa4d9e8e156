#include "slices/account/devices.h"

#include "proof/effects.h"

#include <algorithm>

namespace sallyport::account {

std::vector<Device> devices_of(db::Tx& tx, const proof::World& world, const proof::Holder& actor)
{
    const Instant now = world.clock.now();
    std::vector<Device> devices;
    for (const store::Session& session : store::sessions_of(tx, world.keys, actor.account)) {
        const bool own = session.token_hash == actor.session;
        const auto validity =
            policy::sessions::judge(session.created_at, session.last_seen_at, now, world.sessions);
        if (!own && validity != policy::sessions::Validity::valid) continue;
        devices.push_back({store::session_id_of(session.token_hash), own, session.browser, session.address,
                           session.methods, session.created_at, own ? now : session.last_seen_at});
    }
    std::ranges::sort(devices, [](const Device& a, const Device& b) {
        if (a.own != b.own) return a.own;
        if (a.last_seen != b.last_seen) return a.last_seen > b.last_seen;
        return a.id < b.id;
    });
    return devices;
}

Task<std::vector<Device>> list_devices(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) { return devices_of(tx, world, actor); };
    co_return co_await world.database.transact(std::move(work));
}

Task<bool> end_device(proof::World& world, proof::Holder actor, SessionId session)
{
    auto work = [&world, actor, session](db::Tx& tx) {
        const Instant now = world.clock.now();
        if (!store::end_session(tx, actor.account, session, now)) return false;
        proof::note(tx, world, actor.account, "session_ended", actor.asker, now);
        return true;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<std::int64_t> end_other_devices(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) {
        const Instant now = world.clock.now();
        const std::int64_t ended =
            proof::end_by(tx, policy::sessions::Event::others_ended, actor.account, actor.session, now);
        if (ended == 0) return ended;
        const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
        const auto account = store::load_account(tx, world.keys, actor.account);
        proof::tell(tx, world, policy::notices::Kind::sessions_ended, account, credentials,
                    proof::facts_of(actor.asker, now), now);
        proof::note(tx, world, actor.account, "sessions_ended", actor.asker, now, std::to_string(ended));
        return ended;
    };
    const auto ended = co_await world.database.transact(std::move(work));
    if (ended > 0) world.mail_is_waiting();
    co_return ended;
}

Task<void> sign_out(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) {
        const Instant now = world.clock.now();
        proof::end_by(tx, policy::sessions::Event::signed_out, actor.account, actor.session, now);
        proof::note(tx, world, actor.account, "signed_out", actor.asker, now);
    };
    co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::account
