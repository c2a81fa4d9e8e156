#include "proof/holder.h"

#include "store/sessions.h"

#include <algorithm>

namespace sallyport::proof {

bool is_in_force(db::Tx& tx, const proof::World& world, const Holder& holder)
{
    const auto sessions = store::sessions_of(tx, world.keys, holder.account);
    return std::ranges::find(sessions, holder.session, &store::Session::token_hash) != sessions.end();
}

}  // namespace sallyport::proof
