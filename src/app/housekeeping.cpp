#include "app/housekeeping.h"

#include "proof/changes.h"
#include "slices/messages/report_fake.h"
#include "store/address_standings.h"
#include "store/budgets.h"
#include "store/change_codes.h"
#include "store/fake_reports.h"
#include "store/lock_codes.h"
#include "store/sealed_rows.h"
#include "store/sent_messages.h"
#include "store/sessions.h"
#include "store/stop_codes.h"
#include "store/trusted_browsers.h"

namespace sallyport::app {

namespace {
constexpr std::int64_t rows_a_sweep_max = 5000;
constexpr Duration revocations_kept = std::chrono::hours{25};  // longer than any session lives
}  // namespace

Task<void> Housekeeping::sweep(proof::World& world) const
{
    const Instant now = world.clock.now();
    auto work = [now, overall = world.sessions.overall, trusted = world.trust.life](db::Tx& tx) {
        store::forget_sealed_rows(tx, now, rows_a_sweep_max);
        store::forget_sessions(tx, now - overall, now - revocations_kept, rows_a_sweep_max);
        store::forget_budgets(tx, now, rows_a_sweep_max);
        store::forget_stop_codes(tx, now, rows_a_sweep_max);
        store::forget_change_codes(tx, now, rows_a_sweep_max);
        store::forget_lock_codes(tx, now, rows_a_sweep_max);
        store::forget_trust(tx, now - trusted, rows_a_sweep_max);
        store::forget_standings(tx, now - policy::deliverability::Limits{}.quiet, rows_a_sweep_max);
        store::forget_messages(tx, policy::message_checks::forgotten_until(now, {}), rows_a_sweep_max);
        store::forget_fake_reports(tx, policy::fake_reports::forgotten_until(now, {}),
                                   policy::fake_reports::contents_forgotten_until(now, {}), rows_a_sweep_max);
    };
    co_await world.database.transact(std::move(work));
}

Task<void> Housekeeping::do_what_is_due(proof::World& world) const
{
    co_await proof::do_due_changes(world);
    co_await messages::tell_findings(world);
}

}  // namespace sallyport::app
