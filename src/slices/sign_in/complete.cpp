#include "slices/sign_in/complete.h"

#include "store/accounts.h"
#include "store/budgets.h"

namespace sallyport::sign_in {

store::BudgetKey wrong_second_key(const proof::World& world, const std::string& owner_key)
{
    return {store::BudgetKind::wrong_second, world.keys.index.of("tries", owner_key)};
}

policy::sessions::BrowserToken complete(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                                        const store::CredentialSet& credentials, const Completed& completed,
                                        const proof::SessionTokens& tokens, Instant now)
{
    const auto account = store::load_account(tx, world.keys, credentials.account());
    proof::succeed(tx, world, asker, completed.attempt, completed.charge, now);
    store::reset(tx, wrong_second_key(world, completed.attempt.owner_key));
    return proof::open_session(tx, world, asker, account, credentials, completed.methods, completed.level,
                               tokens, true, now)
        .browser;
}

}  // namespace sallyport::sign_in
