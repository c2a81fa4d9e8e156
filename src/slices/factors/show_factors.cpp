#include "slices/factors/show_factors.h"

#include "proof/approver.h"
#include "slices/factors/add_app.h"
#include "slices/factors/make_kit.h"
#include "slices/factors/remove_app.h"

#include <algorithm>

namespace sallyport::factors {

Task<AppsShown> show_apps(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const Instant now = world.clock.now();
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        AppsShown shown;
        for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
            const auto found = judge_removal(tx, world, holder, credentials, app.id, false, now);
            shown.apps.push_back(
                {app.id, app.created_at, app.used_at, app.drift,
                 found.answer == RemoveAnswer::waits || found.answer == RemoveAnswer::waits_long,
                 proof::waiting_change(tx, world, credentials, app.id.text(), now)});
        }
        std::ranges::sort(shown.apps, {}, &AppShown::created_at);
        shown.add = judge_app(tx, world, holder, Change::add, credentials, now);
        shown.move = judge_app(tx, world, holder, Change::move, credentials, now);
        return shown;
    };
    co_return co_await world.database.transact(work);
}

Task<KitShown> show_kit(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        KitShown shown;
        if (const auto kit = credentials.kit()) {
            shown.kit = kit->id;
            shown.made_at = kit->created_at;
            shown.left = static_cast<std::int64_t>(kit->codes.size());
        }
        shown.make = judge_kit(holder, credentials, proof::oldest_factor_since(tx, world, credentials),
                               world.clock.now());
        return shown;
    };
    co_return co_await world.database.transact(work);
}

}  // namespace sallyport::factors
