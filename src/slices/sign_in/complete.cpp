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
    const auto browser = proof::open_session(tx, world, asker, account, credentials, completed.methods,
                                             completed.level, tokens, true, now)
                             .browser;
    auto known = asker.browser_tokens;
    if (browser == policy::sessions::BrowserToken::fresh) known.insert(known.begin(), tokens.browser.hash);
    if (completed.trust) {
        auto in_browser = asker;
        in_browser.browser_tokens = known;
        keep_trust(tx, world, asker, account, credentials, *completed.trust, completed.methods,
                   proof::knows_browser(tx, world, in_browser, account.id, now), now);
    }
    note_session(tx, world, known, account.id, tokens.session.hash);
    return browser;
}

}  // namespace sallyport::sign_in
