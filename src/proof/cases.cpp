#include "proof/cases.h"

#include "policy/reminders.h"
#include "proof/effects.h"
#include "proof/mailboxes.h"
#include "proof/stop_code.h"
#include "store/due_work.h"
#include "store/events.h"
#include "store/stop_codes.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace roads = policy::roads;
using policy::notices::Kind;

roads::Channel channel_of(const store::Channel& channel)
{
    return channel.role == store::ChannelRole::primary ? roads::Channel::mail : roads::Channel::notice_mail;
}

/// A stop code for one message of the case, as it is shown. A pause makes a case live longer than the code:
/// the next message has another one.
std::string fresh_code(db::Tx& tx, const World& world, const AccountId& account,
                       const store::RecoveryCase& one, roads::Channel channel)
{
    const std::string code = fresh_stop_code(world.random);
    store::put_stop_code(tx, world.keys, code, {account, one.id, channel},
                         roads::finish_until(one.state, road_limits));
    return shown_stop_code(code);
}

/// Tells every address what became of the case. While it can be stopped, each mail has a code for that.
void tell_case(db::Tx& tx, const World& world, Kind kind, const store::CredentialSet& credentials,
               const store::RecoveryCase& one, const MailFacts& facts, Instant now)
{
    const auto account = store::load_account(tx, world.keys, credentials.account());
    const bool stoppable = roads::is_open(roads::stage_at(one.state, now, road_limits));
    const auto own = [&](const store::Channel& channel) {
        MailFacts all = facts;
        const Instant until =
            kind == Kind::recovery_ready ? roads::finish_until(one.state, road_limits) : one.state.enter_at;
        all.emplace_back("until", std::to_string(to_unix_ms(until)));
        if (!stoppable) return all;
        all.emplace_back("stop", fresh_code(tx, world, credentials.account(), one, channel_of(channel)));
        return all;
    };
    tell_each(tx, world, kind, account, credentials, own, now);
    if (kind != Kind::recovery_opened) return;
    const auto own_text = [&](const store::Phone&) {
        return MailFacts{{"stop", fresh_code(tx, world, credentials.account(), one, roads::Channel::text)}};
    };
    tell_each_phone(tx, world, "T13", account, credentials, own_text, now);
}

MailFacts time_only(Instant now) { return {{"at", std::to_string(to_unix_ms(now))}}; }

void await(db::Tx& tx, const store::CredentialSet& credentials, const store::RecoveryCase& one)
{
    store::put_due_work(tx, credentials.account(),
                        policy::reminders::middle_of(one.state.begun, one.state.enter_at));
    store::put_due_work(tx, credentials.account(), one.state.enter_at);
    store::put_due_work(tx, credentials.account(), roads::finish_until(one.state, road_limits));
}

void close(db::Tx& tx, store::CredentialSet& credentials, store::RecoveryCase one, roads::Stage stage,
           Instant now)
{
    one.state.stage = stage;
    one.ended_at = now;
    credentials.put_case(one);
    store::end_stop_codes(tx, one.id);
}

std::optional<store::RecoveryCase> find_case(const store::CredentialSet& credentials, const CaseId& id)
{
    for (const store::RecoveryCase& one : credentials.cases())
        if (one.id == id) return one;
    return std::nullopt;
}

/// When a strong factor last ended another case of the account.
std::optional<Instant> last_ended_at(const store::CredentialSet& credentials, const CaseId& id)
{
    std::optional<Instant> last;
    for (const store::RecoveryCase& other : credentials.cases())
        if (other.id != id && other.state.stage == roads::Stage::ended && other.ended_at)
            last = std::max(last.value_or(*other.ended_at), *other.ended_at);
    return last;
}

void pause(db::Tx& tx, const World& world, store::CredentialSet& credentials, store::RecoveryCase one,
           const roads::Case& after, const Asker& asker, Instant now)
{
    one.state = after;
    credentials.put_case(one);
    await(tx, credentials, one);
    tell_case(tx, world, Kind::recovery_stopped, credentials, one, facts_of(asker, now), now);
    note(tx, world, credentials.account(), "recovery_paused", asker, now);
}

/// Nobody's request: the worker's own hand.
Asker worker() { return {{}, {}, {}, "en", {}}; }

}  // namespace

std::optional<store::RecoveryCase> open_case(const store::CredentialSet& credentials, Instant now)
{
    for (const store::RecoveryCase& one : credentials.cases())
        if (roads::is_open(roads::stage_at(one.state, now, road_limits))) return one;
    return std::nullopt;
}

store::RecoveryCase begin_case(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                               const Asker& asker, Instant now)
{
    if (const auto open = open_case(credentials, now)) return *open;
    store::RecoveryCase one{world.random.id<CaseId>(now), roads::begin(roads::Road::kit, now), {}};
    for (const auto evidence : {roads::Evidence::mailed_code, roads::Evidence::recovery_code}) {
        const auto given = roads::give(one.state, evidence, now, road_limits);
        CHECK(given.taken);
        one.state = given.after;
    }
    CHECK(one.state.stage == roads::Stage::waiting);
    credentials.put_case(one);
    await(tx, credentials, one);
    tell_case(tx, world, Kind::recovery_opened, credentials, one, facts_of(asker, now), now);
    note(tx, world, credentials.account(), "recovery_opened", asker, now);
    return one;
}

std::int64_t move_cases(db::Tx& tx, const World& world, store::CredentialSet& credentials, Instant now)
{
    std::int64_t moved = 0;
    for (store::RecoveryCase one : credentials.cases()) {
        if (one.ended_at) continue;
        const roads::Stage stage = roads::stage_at(one.state, now, road_limits);
        if (stage == one.state.stage) continue;
        ++moved;
        if (stage == roads::Stage::expired) {
            close(tx, credentials, one, stage, now);
            tell_case(tx, world, Kind::recovery_ended, credentials, *find_case(credentials, one.id),
                      time_only(now), now);
            note(tx, world, credentials.account(), "recovery_expired", worker(), now);
            continue;
        }
        CHECK(stage == roads::Stage::ready);
        one.state.stage = stage;
        credentials.put_case(one);
        tell_case(tx, world, Kind::recovery_ready, credentials, one, time_only(now), now);
        note(tx, world, credentials.account(), "recovery_ready", worker(), now);
    }
    return moved;
}

bool remind_of_case(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    const auto one = open_case(credentials, now);
    if (!one || one->state.stage != roads::Stage::waiting) return false;
    constexpr std::string_view reminded = "recovery_reminded";
    const auto told = store::last_event_at(tx, credentials.account(), reminded);
    if (!policy::reminders::tells_middle(one->state.begun, one->state.enter_at, told, now)) return false;
    tell_case(tx, world, Kind::recovery_reminded, credentials, *one, time_only(now), now);
    note(tx, world, credentials.account(), reminded, worker(), now);
    return true;
}

void end_cases(db::Tx& tx, const World& world, store::CredentialSet& credentials, roads::Happening happening,
               Instant now)
{
    const auto one = open_case(credentials, now);
    if (!one || !roads::ends_case(happening, one->state.road)) return;
    close(tx, credentials, *one, roads::Stage::ended, now);
    tell_case(tx, world, Kind::recovery_ended, credentials, *find_case(credentials, one->id), time_only(now),
              now);
    note(tx, world, credentials.account(), "recovery_ended", worker(), now);
}

roads::VetoAnswer stop_case(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                            const CaseId& id, roads::Channel channel, policy::Methods shown,
                            const Asker& asker, Instant now)
{
    const auto one = find_case(credentials, id);
    if (!one) return roads::VetoAnswer::nothing;
    const auto verdict =
        roads::veto(one->state, channel, shown, last_ended_at(credentials, id), now, road_limits);
    if (verdict.answer == roads::VetoAnswer::paused)
        pause(tx, world, credentials, *one, verdict.after, asker, now);
    if (verdict.answer != roads::VetoAnswer::ended) return verdict.answer;
    close(tx, credentials, *one, roads::Stage::ended, now);
    if (verdict.contested) {
        constexpr policy::holds::Limits limits;
        const Duration hold = policy::holds::hold_after({.cause = policy::holds::Cause::contested}, limits);
        start_hold(tx, world, credentials, policy::holds::Cause::contested, hold, now);
        note(tx, world, credentials.account(), "recovery_contested", asker, now);
    }
    tell_case(tx, world, Kind::recovery_ended, credentials, *find_case(credentials, id), facts_of(asker, now),
              now);
    note(tx, world, credentials.account(), "recovery_ended", asker, now);
    return verdict.answer;
}

Instant finish_case(db::Tx& tx, const World& world, store::CredentialSet& credentials, const CaseId& id,
                    const Asker& asker, Instant now)
{
    constexpr policy::holds::Limits limits;
    const auto one = find_case(credentials, id);
    CHECK(one.has_value());
    close(tx, credentials, *one, roads::Stage::finished, now);
    const std::vector<policy::roots::Kept> evidence{policy::roots::kit(),
                                                    mailbox_of(credentials.primary_address())};
    const Duration hold = roads::hold_after(told_of(credentials, now), evidence, limits);
    const Instant until = start_hold(tx, world, credentials, policy::holds::Cause::recovered, hold, now);
    auto facts = facts_of(asker, now);
    facts.emplace_back("until", std::to_string(to_unix_ms(until)));
    const auto account = store::load_account(tx, world.keys, credentials.account());
    tell(tx, world, Kind::recovery_finished, account, credentials, facts, now);
    note(tx, world, credentials.account(), "recovery_finished", asker, now);
    return until;
}

}  // namespace sallyport::proof
