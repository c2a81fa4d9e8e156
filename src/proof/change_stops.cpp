#include "proof/change_stops.h"

#include "proof/changes.h"
#include "proof/stop_code.h"
#include "proof/words.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;
using rules::StopAnswer;

constexpr rules::Limits limits;

std::pair<std::string, std::string> code_fact(db::Tx& tx, const World& world,
                                              const store::PendingChange& change, const AccountId& account,
                                              const ChannelId& channel, Instant until)
{
    const std::string code = fresh_stop_code(world.random);
    store::put_change_code(tx, world.keys, code, {account, change.id, channel}, until);
    return {"stop", shown_stop_code(code)};
}

bool is_old_channel(const store::PendingChange& change, const ChannelId& channel)
{
    return channel.text() == change.subject;
}

/// For the message that tells of a change asked for now.
std::pair<std::string, std::string> stop_fact(db::Tx& tx, const World& world,
                                              const store::PendingChange& change, const AccountId& account,
                                              const ChannelId& channel)
{
    const bool can_undo = is_old_channel(change, channel) && rules::can_be_undone(change.pending.kind);
    const Instant until = can_undo ? rules::old_channel_until(change.pending, limits)
                                   : rules::done_at_latest(change.pending, limits);
    return code_fact(tx, world, change, account, channel, until);
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
        renew_words(tx, world, credentials.account(), now);
        note(tx, world, credentials.account(), "words_renewed", {{}, {}, {}, "en", {}}, now);
        return true;
    }
    for (const store::Phone& phone : credentials.phones())
        if (phone.number == present || phone.number == change.before) credentials.remove_phone(phone.id);
    credentials.add_phone({*id, change.before, since});
    return true;
}

}  // namespace

void tell_asked(db::Tx& tx, const World& world, const store::Account& account,
                const store::CredentialSet& credentials, const store::PendingChange& change,
                const Asker& asker, const MailFacts& more, Instant now)
{
    const auto notice = asked_notice_of(change.pending.kind);
    CHECK(notice.has_value());
    const auto by_mail = [&](const store::Channel& channel) {
        auto facts = facts_of(asker, now);
        facts.emplace_back("until", std::to_string(to_unix_ms(change.pending.due_at)));
        facts.insert(facts.end(), more.begin(), more.end());
        facts.push_back(stop_fact(tx, world, change, account.id, channel.id));
        return facts;
    };
    tell_each(tx, world, notice->mail, account, credentials, by_mail, now);
    const auto by_text = [&](const store::Phone& phone) {
        return MailFacts{stop_fact(tx, world, change, account.id, phone.id)};
    };
    tell_each_phone(tx, world, notice->text, account, credentials, by_text, now);
}

MailFacts undo_facts(db::Tx& tx, const World& world, const store::PendingChange& change,
                     const AccountId& account, const ChannelId& channel)
{
    if (!is_old_channel(change, channel)) return {};
    const Instant until = rules::old_channel_until(change.pending, limits);
    return {code_fact(tx, world, change, account, channel, until),
            {"until", std::to_string(to_unix_ms(until))}};
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
    if (!bring_back(tx, world, credentials, *at, now)) {
        outcome.answer = StopAnswer::too_late;
        outcome.taken = true;
        return outcome;
    }
    end(tx, credentials, *at, rules::State::undone, code.channel.text(), now);
    end_by(tx, policy::sessions::Event::factor_changed, credentials.account(), std::nullopt, now);
    note(tx, world, credentials.account(), "change_undone", asker, now);
    return outcome;
}

StopAnswer stop_by_holder(db::Tx& tx, const World& world, const Holder& holder,
                          store::CredentialSet& credentials, rules::Kind kind, const ChangeId& id,
                          policy::Methods shown, Instant now)
{
    const auto changes = credentials.changes();
    const auto at = std::ranges::find(changes, id, &store::PendingChange::id);
    if (at == changes.end() || at->pending.kind != kind) return StopAnswer::too_late;
    const auto by = rules::stopper_of(rules::Stopper::session, shown);
    const std::string_view by_code = by == rules::Stopper::session ? "session" : "factor";
    const auto answer = stop_change(tx, credentials, id, by, by_code, now);
    if (answer != StopAnswer::stopped) return answer;
    credentials.save(tx, world.keys, now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::change_stopped, account, credentials, facts_of(holder.asker, now), now);
    note(tx, world, credentials.account(), "change_stopped", holder.asker, now);
    return answer;
}

Task<StopAnswer> stop_by_session(World& world, Holder holder, rules::Kind kind, ChangeId id)
{
    auto work = [&world, &holder, kind, id](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        if (!is_in_force(tx, world, holder)) return StopAnswer::too_late;
        return stop_by_holder(tx, world, holder, credentials, kind, id, {}, world.clock.now());
    };
    const auto answer = co_await world.database.transact(std::move(work));
    if (answer == StopAnswer::stopped) world.mail_is_waiting();
    co_return answer;
}

}  // namespace sallyport::proof
