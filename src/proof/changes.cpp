#include "proof/changes.h"

#include "base/log.h"
#include "proof/effects.h"
#include "store/due_work.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;

constexpr rules::Limits limits;
constexpr policy::holds::Limits hold_limits;
constexpr std::int64_t accounts_a_round_max = 200;

/// What a change does to the credentials; false where it has nothing to do any more.
bool carry_out(store::CredentialSet& credentials, db::Tx& tx, const store::PendingChange& change)
{
    switch (change.pending.kind) {
    case rules::Kind::remove_passkey: {
        const auto id = FactorId::parse(change.subject);
        const auto passkeys = credentials.passkeys(tx);
        if (!id || std::ranges::find(passkeys, *id, &store::Passkey::id) == passkeys.end()) return false;
        credentials.remove_passkey(*id);
        return true;
    }
    case rules::Kind::remove_app:
    case rules::Kind::remove_password:
    case rules::Kind::change_email:
    case rules::Kind::change_phone:
    case rules::Kind::remove_notice_address:
    case rules::Kind::remove_phone:
    case rules::Kind::stop_email_codes: break;
    }
    return false;
}

policy::holds::Cause cause_of(rules::Kind kind)
{
    switch (kind) {
    case rules::Kind::remove_passkey:
    case rules::Kind::remove_app:
    case rules::Kind::remove_password: return policy::holds::Cause::factor_removed;
    case rules::Kind::change_email:
    case rules::Kind::remove_notice_address: return policy::holds::Cause::email_changed;
    case rules::Kind::change_phone:
    case rules::Kind::remove_phone: return policy::holds::Cause::phone_changed;
    case rules::Kind::stop_email_codes: break;
    }
    return policy::holds::Cause::factor_changed;
}

/// Nobody's request: the worker's own hand.
Asker worker() { return {{}, {}, {}, "en", {}}; }

void finish(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::PendingChange change,
            Instant now)
{
    const bool done = carry_out(credentials, tx, change);
    change.pending.state = rules::State::done;
    change.ended_at = now;
    credentials.put_change(change);
    if (!done) return;
    hold_value(world, credentials,
               {.cause = cause_of(change.pending.kind), .approved_apart = false, .told_nobody_else = false},
               now);
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "passkey_removed", worker(), now, change.before);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::passkey_removed, account, credentials,
         {{"at", std::to_string(to_unix_ms(now))}, {"name", change.before}}, now);
}

std::int64_t do_account(db::Tx& tx, const World& world, const AccountId& id)
{
    const Instant now = world.clock.now();
    store::end_due_work(tx, id, now);
    auto credentials = store::CredentialSet::load(tx, world.keys, id);
    std::int64_t done = 0;
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

void hold_value(const World& world, store::CredentialSet& credentials, const policy::holds::Facts& facts,
                Instant now)
{
    const auto until =
        policy::holds::until(credentials.held_until(now), now, policy::holds::hold_after(facts, hold_limits));
    credentials.add_hold({world.random.id<HoldId>(now), facts.cause, now, until});
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
