#include "proof/lock_codes.h"

#include "proof/lock.h"
#include "proof/stop_code.h"
#include "store/lock_codes.h"

namespace sallyport::proof {

void add_lock_code(db::Tx& tx, const World& world, store::OutboxMail& mail, const ChannelId& channel,
                   Instant now)
{
    CHECK(mail.account.has_value());
    const std::string code = fresh_stop_code(world.random);
    store::put_lock_code(tx, world.keys, code, {*mail.account, channel}, now + lock_limits.code_life);
    mail.parameters.emplace_back("lock_code", shown_stop_code(code));
}

void add_no_lock_code(db::Tx& tx, const World& world, Instant now)
{
    store::put_no_lock_code(tx, world.keys, fresh_stop_code(world.random),
                            {world.random.id<AccountId>(now), world.random.id<ChannelId>(now)},
                            now + lock_limits.code_life);
}

}  // namespace sallyport::proof
