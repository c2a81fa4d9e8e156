#pragma once
// Forgets what is over (expired rows, ended sessions, old revocations, budgets whose window ended), and
// carries out the changes of accounts that waited until now (proof/changes.h): soon after they are due, since
// everybody was told when. And tells who reported a fake what was found.
#include "base/task.h"
#include "proof/world.h"

namespace sallyport::app {

class Housekeeping {
public:
    static constexpr Duration every = std::chrono::minutes{5};
    Task<void> sweep(proof::World& world) const;
    static constexpr Duration look_for_due_every = std::chrono::seconds{5};
    Task<void> do_what_is_due(proof::World& world) const;
};

}  // namespace sallyport::app
