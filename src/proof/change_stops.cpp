#include "proof/change_stops.h"

#include "proof/changes.h"
#include "proof/stop_code.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;
using rules::StopAnswer;

constexpr rules::Limits limits;

MailFacts code_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel, Instant until)
{
    const std::string code = fresh_stop_code(world.random);
    store::put_change_code(tx, world.keys, code, {account, change.id, channel}, until);
    return {{"stop", shown_stop_code(code)}};
}

bool is_old_channel(const store::PendingChange& change, const ChannelId& channel)
{
    return channel.text() == change.subject;
}

/// A code goes to no channel that came after the change; here it is asked again, of those that are there.
rules::StopFacts facts_of_stop(const store::CredentialSet& credentials, const store::PendingChange& change,
                               const ChannelId& channel, policy::Methods shown, Instant now)
{
    rules::StopFacts facts{.pending = change.pending, .by = rules::Stopper::mail, .channel_older = true};
    facts.channel_changes = is_old_channel(change, channel);
    const auto phones = told_phones(credentials, now);
    const auto phone = std::ranges::find(phones, channel, &store::Phone::id);
    if (phone != phones.end()) {
        facts.by = rules::Stopper::text;
        facts.channel_older = phone->proven_at <= change.pending.asked_at;
    }
    for (const store::Channel& one : credentials.channels())
        if (one.id == channel) facts.channel_older = one.proven_at <= change.pending.asked_at;
    if (facts.channel_changes) facts.channel_older = true;
    facts.by = rules::stopper_of(facts.by, shown);
    facts.stopped_kind_before =
        stopped_before(credentials.changes(), change.pending.kind, channel.text(), now);
    return facts;
}

void end(db::Tx& tx, store::CredentialSet& credentials, store::PendingChange change, rules::State state,
         std::string by, Instant now)
{
    change.pending.state = state;
    change.stopped_by = std::move(by);
    change.ended_at = now;
    credentials.put_change(change);
    store::end_change_codes(tx, change.id);
}

/// What was built on the change falls with it: whoever got the new channel got the next one from it. Gives
/// the address or number that the account has now.
std::string end_chain(db::Tx& tx, store::CredentialSet& credentials, const store::PendingChange& undone,
                      Instant now)
{
    auto later = credentials.changes();
    std::ranges::sort(later, {}, [](const store::PendingChange& one) { return one.pending.asked_at; });
    std::string present = undone.after;
    for (const store::PendingChange& one : later) {
        if (one.id == undone.id || one.pending.kind != undone.pending.kind || one.before != present) continue;
        if (one.pending.state == rules::State::asked)
            end(tx, credentials, one, rules::State::stopped, "undone", now);
        if (one.pending.state != rules::State::done) continue;
        end(tx, credentials, one, rules::State::undone, "undone", now);
        present = one.after;
    }
    return present;
}

/// The old address or number is the account's again, the new one is not. False where another account has it.
bool bring_back(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                const store::PendingChange& change, Instant now)
{
    const auto id = ChannelId::parse(change.subject);
    CHECK(id.has_value());
    const bool is_phone = change.pending.kind == rules::Kind::change_phone;
    const auto address = is_phone ? std::nullopt : Email::parse(change.before);
    if (!is_phone) {
        CHECK(address.has_value());
        const auto holder = store::find_account(tx, address->key());
        if (holder && *holder != credentials.account()) return false;
    }
    // Told before it is done: whoever loses the address hears of it, too.
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::change_undone, account, credentials, {{"at", std::to_string(to_unix_ms(now))}},
         now);
    hold_value(tx, world, credentials,
               is_phone ? policy::holds::Cause::phone_changed : policy::holds::Cause::email_changed, now);
    const std::string present = end_chain(tx, credentials, change, now);
    // Since when it was the account's is not kept: before the change was asked for.
    const Instant since = change.pending.asked_at;
    if (address) {
        credentials.set_primary({*id, store::ChannelRole::primary, *address, since});
        return true;
    }
    for (const store::Phone& phone : credentials.phones())
        if (phone.number == present || phone.number == change.before) credentials.remove_phone(phone.id);
    credentials.add_phone({*id, change.before, since});
    return true;
}

}  // namespace

MailFacts stop_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel)
{
    const bool can_undo = is_old_channel(change, channel) && rules::can_be_undone(change.pending.kind);
    const Instant until = can_undo ? rules::old_channel_until(change.pending, limits) : change.pending.due_at;
    return code_facts(tx, world, change, account, channel, until);
}

MailFacts undo_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel)
{
    if (!is_old_channel(change, channel)) return {};
    const Instant until = rules::old_channel_until(change.pending, limits);
    auto facts = code_facts(tx, world, change, account, channel, until);
    facts.emplace_back("until", std::to_string(to_unix_ms(until)));
    return facts;
}

std::string masked_address(const std::string& address)
{
    const auto email = Email::parse(address);
    return email ? email->masked() : std::string();
}

CodeStop stop_by_code(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                      const store::ChangeCode& code, policy::Methods shown, const Asker& asker, Instant now)
{
    const auto changes = credentials.changes();
    const auto at = std::ranges::find(changes, code.change, &store::PendingChange::id);
    if (at == changes.end()) return {};
    CodeStop outcome{rules::stop(facts_of_stop(credentials, *at, code.channel, shown, now), now, limits)};
    if (outcome.answer == StopAnswer::stopped) {
        end(tx, credentials, *at, rules::State::stopped, code.channel.text(), now);
        const auto account = store::load_account(tx, world.keys, credentials.account());
        tell(tx, world, Kind::change_stopped, account, credentials, facts_of(asker, now), now);
        note(tx, world, credentials.account(), "change_stopped", asker, now);
    }
    if (outcome.answer != StopAnswer::undone) return outcome;
    // Due, and no worker came by yet: there is nothing to bring back.
    const bool was_done = at->pending.state == rules::State::done;
    if (was_done && !bring_back(tx, world, credentials, *at, now)) {
        outcome.answer = StopAnswer::too_late;
        outcome.taken = true;
        return outcome;
    }
    end(tx, credentials, *at, rules::State::undone, code.channel.text(), now);
    if (was_done)
        end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "change_undone", asker, now);
    return outcome;
}

}  // namespace sallyport::proof
