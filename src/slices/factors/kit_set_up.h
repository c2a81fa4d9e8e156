#pragma once
// A recovery kit that is being made. A sealed row that only the session that began it can find, for 30
// minutes; it holds the printed codes, because their proof is asked for on the next page, and is wiped when
// the kit is in force.
#include "proof/codes.h"
#include "proof/holder.h"
#include "proof/world.h"

#include <optional>
#include <vector>

namespace sallyport::factors {

inline constexpr Duration kit_set_up_life = std::chrono::minutes{30};

struct KitSetUp {
    AccountId account;
    KitId kit;
    Instant begun{};
    std::int64_t asked = 0;       // 1-based: the code whose end is to be typed; 0: not asked yet
    std::vector<Secret> printed;  // empty until the codes are made, after the step-up
    std::vector<store::StoredHash> hashes;
};

/// nullopt where nothing is under way here, it is over, or it was begun for another account.
std::optional<KitSetUp> find_kit_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                        Instant now);
/// Replaces what this session had under way. It ends kit_set_up_life after `begun`.
void keep_kit_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                     const KitSetUp& set_up);
/// False where it was gone already: a parallel request has finished it.
bool take_kit_set_up(db::Tx& tx, const proof::Holder& holder);

}  // namespace sallyport::factors
