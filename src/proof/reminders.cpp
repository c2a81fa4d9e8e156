#include "proof/reminders.h"

#include "proof/cases.h"
#include "proof/effects.h"
#include "proof/tries.h"
#include "store/due_work.h"
#include "store/events.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::reminders;
using policy::notices::Kind;

/// Kinds of events, by which a reminder knows what was told.
constexpr std::string_view failures_event = "sign_ins_failed";
constexpr std::string_view kit_event = "kit_old";
constexpr std::string_view hold_event = "hold_over";

void tell_once(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Kind kind,
               std::string_view event, MailFacts more, Instant now)
{
    const auto account = store::load_account(tx, world.keys, credentials.account());
    more.emplace_back("at", std::to_string(to_unix_ms(now)));
    tell(tx, world, kind, account, credentials, more, now);
    note(tx, world, account.id, event, {{}, {}, {}, "en", {}}, now);
}

bool tell_failures(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    const std::int64_t failed = failed_tries(tx, world, credentials.primary_address());
    const auto told = store::last_event_at(tx, credentials.account(), failures_event);
    if (!rules::tells_failures(failed, told, now, world.throttle, reminder_limits)) return false;
    tell_once(tx, world, credentials, Kind::sign_ins_failed, failures_event,
              {{"count", std::to_string(failed)}}, now);
    return true;
}

bool tell_old_kit(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    const auto kit = credentials.kit();
    if (!kit) return false;
    const auto told = store::last_event_at(tx, credentials.account(), kit_event);
    if (!rules::tells_old_kit(kit->created_at, told, now, reminder_limits)) return false;
    tell_once(tx, world, credentials, Kind::kit_old, kit_event, {}, now);
    return true;
}

bool tell_end_of_hold(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    std::optional<Instant> last;
    for (const store::Hold& hold : credentials.holds())
        last = std::max(last.value_or(hold.until), hold.until);
    const auto told = store::last_event_at(tx, credentials.account(), hold_event);
    if (!rules::tells_end_of_hold(last, told, now)) return false;
    tell_once(tx, world, credentials, Kind::hold_over, hold_event, {}, now);
    return true;
}

}  // namespace

std::int64_t remind(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    if (credentials.state() == store::AccountState::closed) return 0;
    std::int64_t told = 0;
    told += tell_failures(tx, world, credentials, now) ? 1 : 0;
    told += tell_old_kit(tx, world, credentials, now) ? 1 : 0;
    told += tell_end_of_hold(tx, world, credentials, now) ? 1 : 0;
    told += remind_of_case(tx, world, credentials, now) ? 1 : 0;
    return told;
}

void await_old_kit(db::Tx& tx, const AccountId& account, Instant now)
{
    store::put_due_work(tx, account, rules::kit_is_old_at(now, reminder_limits));
}

}  // namespace sallyport::proof
