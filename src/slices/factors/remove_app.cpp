#include "slices/factors/remove_app.h"

#include "policy/factors.h"
#include "proof/change_stops.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/removals.h"

#include <algorithm>

namespace sallyport::factors {

namespace {

namespace rules = policy::passkeys;
using policy::changes::Kind;

constexpr policy::factors::Limits limits;

bool waits(RemoveAnswer answer)
{
    return answer == RemoveAnswer::waits || answer == RemoveAnswer::waits_long;
}

void put_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                 const store::Account& account, store::CredentialSet& credentials, FactorId app,
                 Duration wait, Instant now)
{
    const auto change =
        proof::ask_change(tx, world, credentials, Kind::remove_app, app.text(), {}, {}, wait, now);
    proof::note(tx, world, account.id, "app_removal_asked", holder.asker, now);
    proof::tell_asked(tx, world, account, credentials, change, holder.asker, {}, now);
}

}  // namespace

RemoveFound judge_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                          const store::CredentialSet& credentials, FactorId app, bool approved, Instant now)
{
    const auto passkeys = credentials.passkeys(tx);
    const auto apps = credentials.totp_apps(tx, world.keys);
    const auto at = std::ranges::find(apps, app, &store::TotpApp::id);
    if (at == apps.end()) return {};
    const auto which = passkeys.size() + static_cast<std::size_t>(at - apps.begin());
    const auto factors = proof::strong_factors_of(tx, world, credentials, passkeys, now);
    const auto facts = proof::removal_facts(tx, world, holder, credentials, factors, approved, now);
    const auto answer = rules::may_remove_factor(facts, which, world.methods);
    if (!waits(answer)) return {true, answer, {}};
    const auto asked = proof::judge_change(credentials,
                                           {.kind = Kind::remove_app,
                                            .session = facts.session,
                                            .account_highest = facts.account_highest,
                                            .stepped_up = facts.stepped_up,
                                            .approver_young = facts.approver_young,
                                            .browser_settled = facts.browser_settled},
                                           now);
    if (asked.answer != policy::changes::AskAnswer::waits) return {true, RemoveAnswer::leaving_already, {}};
    return {true, answer, asked.wait};
}

Task<RemoveFound> may_remove_app(proof::World& world, proof::Holder holder, FactorId app)
{
    auto work = [&world, &holder, app](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        return judge_removal(tx, world, holder, credentials, app, false, world.clock.now());
    };
    co_return co_await world.database.transact(work);
}

RemoveAnswer ask_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::Account& account, store::CredentialSet& credentials, FactorId app,
                         Instant now)
{
    const auto judged = judge_removal(tx, world, holder, credentials, app, true, now);
    if (!waits(judged.answer)) return judged.answer;
    put_removal(tx, world, holder, account, credentials, app, judged.wait, now);
    credentials.save(tx, world.keys, now);
    return judged.answer;
}

void ask_end_of_old_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::Account& account, store::CredentialSet& credentials, FactorId old,
                        Instant now)
{
    // A move begins with one app: no other one that is old enough stays.
    const Duration wait = policy::factors::replaced_app_ends_after(false, limits);
    put_removal(tx, world, holder, account, credentials, old, wait, now);
}

}  // namespace sallyport::factors
