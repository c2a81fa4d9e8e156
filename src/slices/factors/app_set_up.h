#pragma once
// An authenticator app that is being set up: its key and how far it has come. A sealed row that only the
// session that began it can find, for 15 minutes; nothing of it is ever in a cookie, a form or an address.
#include "policy/factors.h"
#include "proof/holder.h"
#include "proof/world.h"

#include <optional>

namespace sallyport::factors {

inline constexpr Duration app_set_up_life = std::chrono::minutes{15};

struct AppSetUp {
    AccountId account;
    bool moving = false;  // to a new phone; else one more app
    policy::factors::SetUp stage = policy::factors::SetUp::shown;
    Secret key;
    std::int64_t step = 0;  // of the code that proved it: spent
    std::int64_t drift = 0;
    Instant begun{};
};

/// nullopt where nothing is under way here, it is over, or it was begun for another account.
std::optional<AppSetUp> find_app_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                        Instant now);
/// Replaces what this session had under way. It ends app_set_up_life after `begun`.
void keep_app_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                     const AppSetUp& set_up);
/// False where it was gone already: a parallel request has finished it.
bool take_app_set_up(db::Tx& tx, const proof::Holder& holder);

}  // namespace sallyport::factors
