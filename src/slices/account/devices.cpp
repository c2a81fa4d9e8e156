#include "slices/account/devices.h"

#include "policy/trusted_browsers.h"
#include "proof/effects.h"
#include "store/trusted_browsers.h"

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

bool end_named(db::Tx& tx, const proof::World& world, const proof::Holder& actor, const SessionId& session)
{
    const Instant now = world.clock.now();
    if (!store::end_session(tx, actor.account, session, now)) return false;
    if (policy::trusted_browsers::ended_by(policy::sessions::Event::one_ended).named &&
        store::end_trust_of(tx, actor.account, session))
        proof::note(tx, world, actor.account, "trust_ended", actor.asker, now);
    proof::note(tx, world, actor.account, "session_ended", actor.asker, now);
    return true;
}

std::vector<Trusted> trusted_in(db::Tx& tx, const proof::World& world, const proof::Holder& actor)
{
    const Instant now = world.clock.now();
    std::vector<Trusted> trusted;
    if (!world.methods.trusted_browsers) return trusted;
    const auto& tokens = actor.asker.browser_tokens;
    for (const store::TrustedBrowser& one : store::trusted_of(tx, world.keys, actor.account)) {
        const Instant until = policy::trusted_browsers::ends_at(one.trusted_at, world.trust);
        if (now >= until) continue;
        const bool own = std::ranges::find(tokens, one.token) != tokens.end();
        trusted.push_back({one.id, own, one.browser, one.address, one.trusted_at, until});
    }
    return trusted;
}

bool end_named_trust(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                     const BrowserId& browser)
{
    if (!store::end_trust_in(tx, actor.account, browser)) return false;
    proof::note(tx, world, actor.account, "trust_ended", actor.asker, world.clock.now());
    return true;
}

Task<DeviceList> list_devices(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) {
        return DeviceList{devices_of(tx, world, actor), trusted_in(tx, world, actor)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<bool> end_device(proof::World& world, proof::Holder actor, SessionId session)
{
    auto work = [&world, actor, session](db::Tx& tx) { return end_named(tx, world, actor, session); };
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

Task<bool> end_trusted(proof::World& world, proof::Holder actor, BrowserId browser)
{
    auto work = [&world, actor, browser](db::Tx& tx) { return end_named_trust(tx, world, actor, browser); };
    co_return co_await world.database.transact(std::move(work));
}

Task<std::int64_t> end_all_trusted(proof::World& world, proof::Holder actor)
{
    auto work = [&world, actor](db::Tx& tx) {
        const std::int64_t ended = store::end_trust(tx, actor.account, std::nullopt);
        if (ended > 0)
            proof::note(tx, world, actor.account, "trust_ended", actor.asker, world.clock.now(),
                        std::to_string(ended));
        return ended;
    };
    co_return co_await world.database.transact(std::move(work));
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
