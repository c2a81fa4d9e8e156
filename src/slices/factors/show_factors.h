#pragma once
// What the account has: its apps (A6) and its kit (A9).
#include "policy/factors.h"
#include "proof/change_stops.h"
#include "proof/holder.h"
#include "store/credentials.h"

#include <optional>
#include <vector>

namespace sallyport::factors {

struct AppShown {
    FactorId id;
    Instant created_at{};
    Instant used_at{};
    std::int64_t drift = 0;  // steps of 30 s: -1 the phone is late, 1 it is ahead
    bool may_remove = false;
    std::optional<proof::WaitingChange> leaving{};  // its removal
};
struct AppsShown {
    std::vector<AppShown> apps;  // oldest first
    policy::factors::AddVerdict add = policy::factors::AddVerdict::needs_level;
    policy::factors::AddVerdict move = policy::factors::AddVerdict::needs_level;
};
Task<AppsShown> show_apps(proof::World& world, proof::Holder holder);

struct KitShown {
    std::optional<KitId> kit;  // nullopt: none was made
    Instant made_at{};
    std::int64_t left = 0;
    policy::factors::AddVerdict make = policy::factors::AddVerdict::needs_level;
};
Task<KitShown> show_kit(proof::World& world, proof::Holder holder);

}  // namespace sallyport::factors
