// What the worker does with changes that are due.
#include "proof/cases.h"
#include "proof/change_stops.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/lock.h"
#include "proof/reminders.h"
#include "proof/removals.h"
#include "proof/unreachable.h"
#include "proof/words.h"
#include "store/change_codes.h"
#include "store/due_work.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;

constexpr rules::Limits limits;
constexpr std::int64_t accounts_a_round_max = 200;
/// How soon a change that waits for its messages is looked at again.
constexpr Duration look_again = std::chrono::minutes{5};

/// Which passkey goes, where the account has it still.
std::optional<FactorId> passkey_of(db::Tx& tx, const store::CredentialSet& credentials,
                                   const store::PendingChange& change)
{
    const auto id = FactorId::parse(change.subject);
    const auto passkeys = credentials.passkeys(tx);
    if (!id || std::ranges::find(passkeys, *id, &store::Passkey::id) == passkeys.end()) return std::nullopt;
    return id;
}

/// Nobody's request: the worker's own hand.
Asker worker() { return {{}, {}, {}, "en", {}}; }

void finish_passkey(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                    const store::PendingChange& change, Instant now)
{
    const auto passkey = passkey_of(tx, credentials, change);
    if (!passkey) return;
    hold_value(tx, world, credentials, policy::holds::Cause::factor_removed, now);
    credentials.remove_passkey(*passkey);
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "passkey_removed", worker(), now, change.before);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::passkey_removed, account, credentials,
         {{"at", std::to_string(to_unix_ms(now))}, {"name", change.before}}, now);
}

/// The app of the old phone after a move, or one that its owner removed.
void finish_app(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                const store::PendingChange& change, Instant now)
{
    const auto apps = credentials.totp_apps(tx, world.keys);
    const auto at = std::ranges::find(apps, FactorId::parse(change.subject),
                                      [](const store::TotpApp& app) { return std::optional(app.id); });
    if (at == apps.end()) return;
    hold_value(tx, world, credentials, policy::holds::Cause::factor_removed, now);
    credentials.remove_totp_app(at->id);
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "app_removed", worker(), now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::app_removed, account, credentials, {{"at", std::to_string(to_unix_ms(now))}}, now);
}

/// The new number takes the place of the old one, which goes on hearing of everything.
void finish_phone(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                  const store::PendingChange& change, Instant now)
{
    const auto phones = credentials.phones();
    const auto old = std::ranges::find(phones, change.before, &store::Phone::number);
    if (old == phones.end()) return;  // removed meanwhile
    hold_value(tx, world, credentials, policy::holds::Cause::phone_changed, now);
    credentials.remove_phone(old->id);
    credentials.add_phone({world.random.id<ChannelId>(now), change.after, now});
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "phone_changed", worker(), now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::phone_changed, account, credentials, {{"at", std::to_string(to_unix_ms(now))}},
         now);
    const auto own = [&](const store::Phone& phone) {
        return undo_facts(tx, world, change, account.id, phone.id);
    };
    tell_each_phone(tx, world, "T6", account, credentials, own, now);
}

/// Somebody else has the address meanwhile, or the account has another one: nothing changes.
void end_unfinished(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                    store::PendingChange change, Instant now)
{
    change.pending.state = rules::State::stopped;
    change.stopped_by = taken_address;
    change.ended_at = now;
    credentials.put_change(change);
    store::end_change_codes(tx, change.id);
    note(tx, world, credentials.account(), "email_not_changed", worker(), now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::address_taken, account, credentials,
         {{"at", std::to_string(to_unix_ms(now))}, {"name", masked_address(change.after)}}, now);
}

/// The new address takes the place of the old one, which keeps notice and veto for 30 days.
void finish_email(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                  const store::PendingChange& change, Instant now)
{
    const auto address = Email::parse(change.after);
    CHECK(address.has_value());
    const bool is_still_the_old = credentials.primary_address().address() == change.before;
    if (!is_still_the_old || store::find_account(tx, address->key()))
        return end_unfinished(tx, world, credentials, change, now);
    hold_value(tx, world, credentials, policy::holds::Cause::email_changed, now);
    credentials.set_primary({world.random.id<ChannelId>(now), store::ChannelRole::primary, *address, now});
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "email_changed", worker(), now);
    renew_words(tx, world, credentials.account(), now);
    note(tx, world, credentials.account(), "words_renewed", worker(), now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    const auto own = [&](const store::Channel& channel) {
        auto facts = undo_facts(tx, world, change, account.id, channel.id);
        facts.emplace_back("at", std::to_string(to_unix_ms(now)));
        facts.emplace_back("name", address->masked());
        return facts;
    };
    tell_each(tx, world, Kind::address_changed, account, credentials, own, now);
    tell_phones(tx, world, "T8", account, credentials, now);
}

/// From now on the account is entered by passkeys only.
void finish_password(db::Tx& tx, const World& world, store::CredentialSet& credentials, Instant now)
{
    const auto old = credentials.password();
    if (!old) return;
    hold_value(tx, world, credentials, policy::holds::Cause::factor_removed, now);
    credentials.remove_password();
    store::remember_old_password(tx, credentials.account(), world.random.id<FactorId>(now), *old, now,
                                 world.passwords.remembered);
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "password_removed", worker(), now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::password_removed, account, credentials, {{"at", std::to_string(to_unix_ms(now))}},
         now);
}

/// What the change stood on has gone meanwhile: the password was set anew, or a passkey is no longer there.
bool has_lost_its_ground(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                         const store::PendingChange& change, Instant now)
{
    if (change.pending.kind != rules::Kind::remove_password) return false;
    const auto set_at = credentials.password_changed_at();
    return !set_at || *set_at > change.pending.asked_at ||
           !does_without_password(tx, world, credentials, now);
}

void drop(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::PendingChange change,
          Instant now)
{
    change.pending.state = rules::State::stopped;
    change.stopped_by = "policy";
    change.ended_at = now;
    credentials.put_change(change);
    note(tx, world, credentials.account(), "change_stopped", worker(), now);
    // Every address was told that it would come.
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::change_stopped, account, credentials, facts_of(worker(), now), now);
}

void finish(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::PendingChange change,
            Instant now)
{
    if (has_lost_its_ground(tx, world, credentials, change, now))
        return drop(tx, world, credentials, std::move(change), now);
    change.pending.state = rules::State::done;
    change.pending.due_at = now;  // the old channel has its 30 days from now on
    change.ended_at = now;
    credentials.put_change(change);
    if (!rules::can_be_undone(change.pending.kind)) store::end_change_codes(tx, change.id);
    switch (change.pending.kind) {
    case rules::Kind::remove_passkey: return finish_passkey(tx, world, credentials, change, now);
    case rules::Kind::remove_app: return finish_app(tx, world, credentials, change, now);
    case rules::Kind::change_phone: return finish_phone(tx, world, credentials, change, now);
    case rules::Kind::change_email: return finish_email(tx, world, credentials, change, now);
    case rules::Kind::remove_password: return finish_password(tx, world, credentials, now);
    case rules::Kind::remove_notice_address:
    case rules::Kind::remove_phone:
    case rules::Kind::stop_email_codes: break;
    }
    // Nobody asks for other changes yet: one that stood here would be called done, and do nothing.
    throw ProgrammingError("a change that nobody carries out");
}

/// One that is due and waits for its messages is looked at again.
bool is_due(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
            const store::PendingChange& change, Instant now)
{
    switch (due_of(tx, world, credentials, change, now)) {
    case rules::Due::now: return true;
    case rules::Due::over:
    case rules::Due::not_yet: return false;
    case rules::Due::untold:
    case rules::Due::stopped: break;
    }
    store::put_due_work(tx, credentials.account(),
                        std::min(now + look_again, rules::done_at_latest(change.pending, limits)));
    return false;
}

struct Done {
    std::int64_t changes = 0;
    std::int64_t told = 0;  // beside them
};
Done do_account(db::Tx& tx, const World& world, const AccountId& id)
{
    const Instant now = world.clock.now();
    store::end_due_work(tx, id, now);
    auto credentials = store::CredentialSet::load(tx, world.keys, id);
    std::int64_t done = move_cases(tx, world, credentials, now) + move_lock(tx, world, credentials, now);
    for (const store::PendingChange& change : credentials.changes()) {
        if (!is_due(tx, world, credentials, change, now)) continue;
        finish(tx, world, credentials, change, now);
        ++done;
    }
    const bool unreachable = tell_unreachable(tx, world, credentials, now);
    const Done all{done, remind(tx, world, credentials, now) + (unreachable ? 1 : 0)};
    if (done == 0) return all;
    credentials.forget_ended(now - limits.memory - limits.old_channel);
    credentials.save(tx, world.keys, now);
    return all;
}

}  // namespace

Task<std::int64_t> do_due_changes(World& world)
{
    auto look = [&world](db::Tx& tx) {
        return store::due_accounts(tx, world.clock.now(), accounts_a_round_max);
    };
    const auto accounts = co_await world.database.transact(std::move(look));
    Done done;
    for (const AccountId account : accounts) {
        auto work = [&world, account](db::Tx& tx) { return do_account(tx, world, account); };
        try {
            const auto here = co_await world.database.transact(std::move(work));
            done.changes += here.changes;
            done.told += here.told;
        } catch (const db::ConstraintViolation&) {
            continue;  // the address was taken in this very moment: the next round sees it
        }
    }
    if (done.changes + done.told > 0) world.mail_is_waiting();
    co_return done.changes;
}

}  // namespace sallyport::proof
