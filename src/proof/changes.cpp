#include "proof/changes.h"

#include "base/log.h"
#include "proof/cases.h"
#include "proof/effects.h"
#include "proof/mailboxes.h"
#include "proof/passkey_makers.h"
#include "proof/removals.h"
#include "store/due_work.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;

constexpr rules::Limits limits;
constexpr policy::holds::Limits hold_limits;
constexpr std::int64_t accounts_a_round_max = 200;

/// Which passkey goes, where the account has it still.
std::optional<FactorId> passkey_of(db::Tx& tx, const store::CredentialSet& credentials,
                                   const store::PendingChange& change)
{
    const auto id = FactorId::parse(change.subject);
    const auto passkeys = credentials.passkeys(tx);
    if (!id || std::ranges::find(passkeys, *id, &store::Passkey::id) == passkeys.end()) return std::nullopt;
    return id;
}

/// What may have been shown for a change: any strong factor of the account, since which one it was is not
/// kept.
std::vector<policy::roots::Kept> evidence_of(db::Tx& tx, const store::CredentialSet& credentials)
{
    std::vector<policy::roots::Kept> evidence(credentials.totp_app_count(), policy::roots::app(true));
    for (const store::Passkey& passkey : credentials.passkeys(tx)) evidence.push_back(kept_in(passkey));
    return evidence;
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
    tell_phones(tx, world, "T5", account, credentials, now);
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
}

void finish(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::PendingChange change,
            Instant now)
{
    if (has_lost_its_ground(tx, world, credentials, change, now))
        return drop(tx, world, credentials, std::move(change), now);
    change.pending.state = rules::State::done;
    change.ended_at = now;
    credentials.put_change(change);
    switch (change.pending.kind) {
    case rules::Kind::remove_passkey: return finish_passkey(tx, world, credentials, change, now);
    case rules::Kind::change_phone: return finish_phone(tx, world, credentials, change, now);
    case rules::Kind::remove_password: return finish_password(tx, world, credentials, now);
    case rules::Kind::remove_app:
    case rules::Kind::change_email:
    case rules::Kind::remove_notice_address:
    case rules::Kind::remove_phone:
    case rules::Kind::stop_email_codes: break;
    }
    // Nobody asks for other changes yet: one that stood here would be called done, and do nothing.
    throw ProgrammingError("a change that nobody carries out");
}

std::int64_t do_account(db::Tx& tx, const World& world, const AccountId& id)
{
    const Instant now = world.clock.now();
    store::end_due_work(tx, id, now);
    auto credentials = store::CredentialSet::load(tx, world.keys, id);
    std::int64_t done = move_cases(tx, world, credentials, now);
    for (const store::PendingChange& change : credentials.changes()) {
        const bool running = change.pending.state == rules::State::asked;
        if (!running || rules::state_at(change.pending, now) != rules::State::done) continue;
        finish(tx, world, credentials, change, now);
        ++done;
    }
    if (done == 0) return 0;
    credentials.forget_ended(now - limits.memory - limits.old_channel);
    credentials.save(tx, world.keys, now);
    return done;
}

}  // namespace

store::PendingChange ask_change(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                                policy::changes::Kind kind, std::string subject, std::string before,
                                std::string after, Duration wait, Instant now)
{
    store::PendingChange change{world.random.id<ChangeId>(now),
                                {kind, rules::State::asked, now, now + wait},
                                std::move(subject),
                                std::move(before),
                                std::move(after),
                                {},
                                {}};
    credentials.put_change(change);
    store::put_due_work(tx, credentials.account(), change.pending.due_at);
    return change;
}

std::optional<store::PendingChange> running_change(const store::CredentialSet& credentials,
                                                   std::string_view subject)
{
    for (store::PendingChange& change : credentials.changes())
        if (change.pending.state == rules::State::asked && change.subject == subject)
            return std::move(change);
    return std::nullopt;
}

policy::changes::StopAnswer stop_change(store::CredentialSet& credentials, const ChangeId& id,
                                        policy::changes::Stopper by, std::string_view by_code, Instant now)
{
    const auto changes = credentials.changes();
    const auto at = std::ranges::find(changes, id, &store::PendingChange::id);
    if (at == changes.end()) return rules::StopAnswer::too_late;
    const auto stopped_before = [&](const store::PendingChange& other) {
        return other.pending.kind == at->pending.kind && other.stopped_by == by_code && other.ended_at &&
               now < *other.ended_at + limits.memory;
    };
    const rules::StopFacts facts{.pending = at->pending,
                                 .by = by,
                                 .channel_older = true,  // a session of the owner's
                                 .channel_changes = false,
                                 .stopped_kind_before = std::ranges::any_of(changes, stopped_before)};
    const auto answer = rules::stop(facts, now, limits);
    if (answer != rules::StopAnswer::stopped) return answer;
    auto stopped = *at;
    stopped.pending.state = rules::State::stopped;
    stopped.stopped_by = by_code;
    stopped.ended_at = now;
    credentials.put_change(stopped);
    return answer;
}

void keep_new_password(store::CredentialSet& credentials, Instant now)
{
    if (const auto change = running_change(credentials, password_subject))
        stop_change(credentials, change->id, rules::Stopper::strong_factor, "factor", now);
}

policy::changes::AskVerdict judge_change(const store::CredentialSet& credentials,
                                         policy::changes::AskFacts facts, Instant now)
{
    for (const store::PendingChange& change : credentials.changes()) {
        if (change.pending.kind != facts.kind) continue;
        const bool ended_lately = change.ended_at && now < *change.ended_at + limits.memory;
        if (change.pending.state == rules::State::asked) facts.pending_already = true;
        if (change.pending.state == rules::State::stopped && ended_lately) facts.stopped_lately = true;
    }
    return rules::ask(facts, limits);
}

void hold_value(db::Tx& tx, const World& world, store::CredentialSet& credentials, policy::holds::Cause cause,
                Instant now)
{
    namespace holds = policy::holds;
    // Which cloud a mailbox is in is not known yet: it counts as every cloud.
    const std::vector<policy::roots::Kept> told(credentials.channels().size(),
                                                policy::roots::mailbox(policy::roots::unknown_provider));
    const holds::Facts facts{.cause = cause,
                             .approved_apart = false,  // nobody approves a change apart yet
                             .told_nobody_else = holds::told_nobody_else(told, evidence_of(tx, credentials))};
    start_hold(world, credentials, cause, holds::hold_after(facts, hold_limits), now);
}

Task<std::int64_t> do_due_changes(World& world)
{
    auto look = [&world](db::Tx& tx) {
        return store::due_accounts(tx, world.clock.now(), accounts_a_round_max);
    };
    const auto accounts = co_await world.database.transact(std::move(look));
    std::int64_t done = 0;
    for (const AccountId account : accounts) {
        auto work = [&world, account](db::Tx& tx) { return do_account(tx, world, account); };
        const auto here = co_await world.database.transact(std::move(work));
        done += here;
    }
    if (done > 0) world.mail_is_waiting();
    co_return done;
}

}  // namespace sallyport::proof
