#pragma once
// The worker of due changes in tests that have no relay: what tells of a change has arrived, unless the test
// says otherwise (policy/changes.h, M12). Messages stay to be read.
#include "proof/changes.h"
#include "support/world.h"

namespace sallyport::test {

/// Every message about a change that waits was taken by a relay.
inline void told(World& w)
{
    w.transact([](db::Tx& tx) {
        tx.execute("UPDATE outbox SET state = 'delivered' WHERE template IN ('E19-asked', 'E22-asked', "
                   "'E24-asked', 'E25-asked', 'E29', 'T4', 'T7', 'T9', 'T10', 'T16')");
    });
}

inline std::int64_t do_due(World& w)
{
    told(w);
    return sync_wait(proof::do_due_changes(w.world));
}

}  // namespace sallyport::test
