#pragma once
// A13 and P22: the account's sessions and trusted browsers, and ending them. Ending only protects, so no
// fresh proof is asked for.
#include "slices/account/ground.h"

#include <vector>

namespace sallyport::account {

struct Device {
    SessionId id;
    bool own = false;
    std::string browser;
    std::string address;  // network address at its sign-in
    std::int64_t methods = 0;
    Instant first_seen{};
    Instant last_seen{};  // up to a minute behind
};
/// Sessions in force: this one first, then those seen last. In a transaction of the caller's.
std::vector<Device> devices_of(db::Tx& tx, const proof::World& world, const proof::Holder& actor);
/// A browser that is asked for no second factor (policy/trusted_browsers.h).
struct Trusted {
    BrowserId id;
    bool own = false;
    std::string browser;
    std::string address;  // network address when it was trusted
    Instant since{};
    Instant until{};
};
/// Newest first. In a transaction of the caller's.
std::vector<Trusted> trusted_in(db::Tx& tx, const proof::World& world, const proof::Holder& actor);
struct DeviceList {
    std::vector<Device> sessions;
    std::vector<Trusted> trusted;  // newest first
};
/// What is in force: this session first, then those seen last.
Task<DeviceList> list_devices(proof::World& world, proof::Holder actor);

/// False where it had ended already. The actor's own session may be named too. Trust in its browser ends with
/// it.
Task<bool> end_device(proof::World& world, proof::Holder actor, SessionId session);
/// The same in a transaction of the caller's.
bool end_named(db::Tx& tx, const proof::World& world, const proof::Holder& actor, const SessionId& session);
/// How many ended; mail E16 where any did.
Task<std::int64_t> end_other_devices(proof::World& world, proof::Holder actor);
/// False where it had ended already. In a transaction of the caller's.
bool end_named_trust(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                     const BrowserId& browser);
/// By itself.
Task<bool> end_trusted(proof::World& world, proof::Holder actor, BrowserId browser);
/// Of all browsers, this one too; how many there were.
Task<std::int64_t> end_all_trusted(proof::World& world, proof::Holder actor);
/// Ends the acting session.
Task<void> sign_out(proof::World& world, proof::Holder actor);

}  // namespace sallyport::account
