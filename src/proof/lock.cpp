#include "proof/lock.h"

#include "proof/effects.h"
#include "proof/mailboxes.h"
#include "store/change_codes.h"
#include "store/due_work.h"
#include "store/lock_codes.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::lock;
using policy::notices::Kind;

constexpr std::string_view by_lock = "lock";  // `stopped_by` of a change

rules::State state_of(const store::CredentialSet& credentials)
{
    switch (credentials.state()) {
    case store::AccountState::active: return rules::State::open;
    case store::AccountState::locked: return rules::State::locked;
    case store::AccountState::closed: break;
    }
    return rules::State::closed;
}

store::AccountLock lock_of(const World& world, const store::CredentialSet& credentials, Instant now)
{
    if (auto lock = credentials.lock()) return std::move(*lock);
    return {world.random.id<store::LockId>(now), now};
}

rules::Said& said_by(store::AccountLock& lock, const std::string& voice)
{
    for (auto& [name, said] : lock.voices)
        if (name == voice) return said;
    return lock.voices.emplace_back(voice, rules::Said{}).second;
}

std::string text_of(Instant at) { return std::to_string(to_unix_ms(at)); }

/// Everything that waits, but a case on a road back.
void end_all(db::Tx& tx, store::CredentialSet& credentials, Instant now)
{
    if (rules::ends(rules::Found::session))
        end_by(tx, policy::sessions::Event::account_locked, credentials.account(), std::nullopt, now);
    if (!rules::ends(rules::Found::pending_change)) return;
    for (store::PendingChange change : credentials.changes()) {
        if (change.pending.state != policy::changes::State::asked) continue;
        change.pending.state = policy::changes::State::stopped;
        change.stopped_by = by_lock;
        change.ended_at = now;
        credentials.put_change(change);
        store::end_change_codes(tx, change.id);
    }
}

void tell_all(db::Tx& tx, const World& world, Kind kind, const store::CredentialSet& credentials,
              MailFacts facts, Instant now)
{
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, kind, account, credentials, facts, now);
}

void lock_now(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::AccountLock& lock,
              rules::Means means, const Asker& asker, Instant now)
{
    lock.running = true;
    lock.number = fresh_case_number(world.random);
    lock.means = means;
    lock.locked_at = now;
    lock.unlock_at.reset();
    lock.delays = 0;
    credentials.put_lock(lock);
    end_all(tx, credentials, now);
    note(tx, world, credentials.account(), "locked", asker, now, lock.number);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    auto facts = facts_of(asker, now);
    facts.emplace_back("name", lock.number);
    tell(tx, world, Kind::account_locked, account, credentials, facts, now);
    tell_phones(tx, world, "T11", account, credentials, now);
}

/// `lock.unlock_at` is when. Every address hears of it, and can put it off.
void await_unlock(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                  const store::AccountLock& lock, std::string_view noted, const Asker& asker, Instant now)
{
    credentials.put_lock(lock);
    store::put_due_work(tx, credentials.account(), *lock.unlock_at);
    note(tx, world, credentials.account(), noted, asker, now);
    auto facts = facts_of(asker, now);
    facts.emplace_back("until", text_of(*lock.unlock_at));
    tell_all(tx, world, Kind::unlock_asked, credentials, facts, now);
}

void pause_exits(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                 const store::AccountLock& lock, Instant until, const Asker& asker, Instant now)
{
    credentials.put_lock(lock);
    const Instant held =
        start_hold(tx, world, credentials, policy::holds::Cause::exits_paused, until - now, now);
    note(tx, world, credentials.account(), "exits_paused", asker, now);
    auto facts = facts_of(asker, now);
    facts.emplace_back("until", text_of(held));
    tell_all(tx, world, Kind::exits_paused, credentials, facts, now);
}

/// Nobody's request: the worker's own hand.
Asker worker() { return {{}, {}, {}, "en", {}}; }

}  // namespace

std::string mailbox_voice(const ChannelId& channel) { return "mail " + channel.text(); }
std::string kit_voice(const KitId& kit) { return "kit " + kit.text(); }

std::string fresh_case_number(ports::Random& random)
{
    constexpr std::uint32_t numbers = 100'000'000;
    constexpr std::size_t digits = 8;
    const std::string number = std::to_string(random.below(numbers));
    return std::string(digits - number.size(), '0') + number;
}

LockAsked ask_lock(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                   const policy::lock::Shown& shown, const std::string& voice, const Asker& asker,
                   Instant now)
{
    store::AccountLock lock = lock_of(world, credentials, now);
    rules::Said& said = said_by(lock, voice);
    const auto verdict = rules::ask(
        {shown, state_of(credentials), said, lock.running ? lock.unlock_at : std::nullopt}, now, lock_limits);
    LockAsked asked{verdict.answer, lock.number, verdict.until};
    if (verdict.answer == rules::Answer::refused) return asked;
    said = verdict.said;
    switch (verdict.answer) {
    case rules::Answer::locked:
        lock_now(tx, world, credentials, lock, shown.means, asker, now);
        asked.number = lock.number;
        break;
    case rules::Answer::delayed:
        lock.unlock_at = verdict.until;
        ++lock.delays;
        await_unlock(tx, world, credentials, lock, "unlock_delayed", asker, now);
        break;
    case rules::Answer::exits_paused:
        pause_exits(tx, world, credentials, lock, verdict.until, asker, now);
        break;
    case rules::Answer::refused:
    case rules::Answer::stays_locked:
    case rules::Answer::had_its_say: return asked;
    }
    credentials.save(tx, world.keys, now);
    return asked;
}

UnlockAsked ask_unlock(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                       const UnlockShown& shown, const Asker& asker, Instant now)
{
    auto lock = credentials.lock();
    rules::UnlockFacts facts{.locked = credentials.state() == store::AccountState::locked,
                             .shown = shown.factors,
                             .has_strong_factor = has_strong_factor(credentials)};
    if (!lock || !facts.locked) return {};
    facts.unlock_at = lock->unlock_at;
    facts.delays = lock->delays;
    if (shown.mailed_code)
        for (const store::Channel& channel : credentials.channels())
            if (channel.role == store::ChannelRole::primary) facts.mailbox_since = channel.proven_at;
    const auto verdict = rules::judge_unlock(facts, now, lock_limits);
    if (verdict.answer == rules::UnlockAnswer::unlocked) {
        open_account(tx, world, credentials, asker, now);
        credentials.save(tx, world.keys, now);
    } else if (verdict.answer == rules::UnlockAnswer::waits && lock->unlock_at != verdict.at) {
        lock->unlock_at = verdict.at;
        await_unlock(tx, world, credentials, *lock, "unlock_asked", asker, now);
        credentials.save(tx, world.keys, now);
    }
    return {verdict.answer, verdict.at};
}

void open_account(db::Tx& tx, const World& world, store::CredentialSet& credentials, const Asker& asker,
                  Instant now)
{
    auto lock = credentials.lock();
    if (!lock || !lock->running) return;
    lock->running = false;
    lock->unlock_at.reset();
    lock->delays = 0;
    for (auto& [voice, said] : lock->voices) said = rules::after_unlock(said);
    credentials.put_lock(*lock);
    store::end_lock_codes(tx, credentials.account());
    note(tx, world, credentials.account(), "unlocked", asker, now, lock->number);
    tell_all(tx, world, Kind::account_unlocked, credentials, {{"at", text_of(now)}, {"name", lock->number}},
             now);
}

std::int64_t move_lock(db::Tx& tx, const World& world, store::CredentialSet& credentials, Instant now)
{
    const auto lock = credentials.lock();
    if (!lock || !lock->running || !rules::is_due(lock->unlock_at, now)) return 0;
    open_account(tx, world, credentials, worker(), now);
    return 1;
}

bool has_strong_factor(const store::CredentialSet& credentials)
{
    const auto passkeys = credentials.passkey_counts();
    return credentials.totp_app_count() > 0 || passkeys.synced + passkeys.bound > 0 ||
           (passkeys.touched > 0 && credentials.password());
}

bool has_quiet_voices(const store::CredentialSet& credentials)
{
    const auto lock = credentials.lock();
    const auto quiet = [](const auto& voice) { return rules::only_pauses(voice.second); };
    return lock && std::ranges::any_of(lock->voices, quiet);
}

void confirm_voices(db::Tx& tx, const World& world, store::CredentialSet& credentials, const Asker& asker,
                    Instant now)
{
    auto lock = credentials.lock();
    if (!lock || lock->running) return;
    for (auto& [voice, said] : lock->voices) said = rules::after_confirming();
    credentials.put_lock(*lock);
    credentials.save(tx, world.keys, now);
    note(tx, world, credentials.account(), "lock_confirmed", asker, now);
}

}  // namespace sallyport::proof
