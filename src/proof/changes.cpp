#include "proof/changes.h"

#include "proof/mailboxes.h"
#include "proof/passkey_makers.h"
#include "store/change_codes.h"
#include "store/due_work.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;

constexpr rules::Limits limits;
constexpr policy::holds::Limits hold_limits;

/// What was evidence: the strong factors that were used in this moment, else each of them, since which one
/// approved is not kept; where there is no strong factor, every channel that codes go to; and a primary
/// address so young that it may have come with whoever changes something. That a copy of an app's secret may
/// be in some cloud makes it no mailbox: as in a reset, it is a phone.
std::vector<policy::roots::Kept> evidence_of(db::Tx& tx, const World& world,
                                             const store::CredentialSet& credentials, Instant now)
{
    const Email primary = credentials.primary_address();
    std::vector<policy::roots::Kept> used, all;
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
        all.push_back(policy::roots::phone_number());
        if (app.used_at == now) used.push_back(all.back());
    }
    for (const store::Passkey& passkey : credentials.passkeys(tx)) {
        all.push_back(apart_from_mailbox(kept_in(passkey), primary));
        if (passkey.used_at == now) used.push_back(all.back());
    }
    if (all.empty()) {
        if (credentials.email_codes_since()) all.push_back(mailbox_of(primary));
        if (!credentials.phones().empty()) all.push_back(policy::roots::phone_number());
    }
    auto& evidence = used.empty() ? all : used;
    for (const store::Channel& channel : credentials.channels())
        if (channel.role == store::ChannelRole::primary && now < channel.proven_at + hold_limits.young)
            evidence.push_back(mailbox_of(channel.address));
    return evidence;
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

bool stopped_before(const std::vector<store::PendingChange>& changes, policy::changes::Kind kind,
                    std::string_view by_code, Instant now)
{
    return std::ranges::any_of(changes, [&](const store::PendingChange& other) {
        return other.pending.kind == kind && other.stopped_by == by_code && other.ended_at &&
               now < *other.ended_at + limits.memory;
    });
}

policy::changes::StopAnswer stop_change(db::Tx& tx, store::CredentialSet& credentials, const ChangeId& id,
                                        policy::changes::Stopper by, std::string_view by_code, Instant now)
{
    const auto changes = credentials.changes();
    const auto at = std::ranges::find(changes, id, &store::PendingChange::id);
    if (at == changes.end()) return rules::StopAnswer::too_late;
    const rules::StopFacts facts{.pending = at->pending,
                                 .by = by,
                                 .channel_older = true,  // a session of the owner's
                                 .channel_changes = false,
                                 .stopped_kind_before =
                                     stopped_before(changes, at->pending.kind, by_code, now)};
    const auto answer = rules::stop(facts, now, limits);
    if (answer != rules::StopAnswer::stopped) return answer;
    auto stopped = *at;
    stopped.pending.state = rules::State::stopped;
    stopped.stopped_by = by_code;
    stopped.ended_at = now;
    credentials.put_change(stopped);
    store::end_change_codes(tx, id);
    return answer;
}

void keep_new_password(db::Tx& tx, store::CredentialSet& credentials, Instant now)
{
    if (const auto change = running_change(credentials, password_subject))
        stop_change(tx, credentials, change->id, rules::Stopper::strong_factor, "factor", now);
}

policy::changes::AskVerdict judge_change(const store::CredentialSet& credentials,
                                         policy::changes::AskFacts facts, Instant now)
{
    for (const store::PendingChange& change : credentials.changes()) {
        if (change.pending.kind != facts.kind) continue;
        const bool ended_lately = change.ended_at && now < *change.ended_at + limits.memory;
        if (change.pending.state == rules::State::asked) facts.pending_already = true;
        const bool by_channel = change.stopped_by != taken_address;
        if (change.pending.state == rules::State::stopped && ended_lately && by_channel)
            facts.stopped_lately = true;
    }
    return rules::ask(facts, limits);
}

void hold_value(db::Tx& tx, const World& world, store::CredentialSet& credentials, policy::holds::Cause cause,
                Instant now)
{
    namespace holds = policy::holds;
    const auto told = told_of(credentials, now);
    const auto evidence = evidence_of(tx, world, credentials, now);
    const holds::Facts facts{.cause = cause,
                             .approved_apart = false,  // nobody approves a change apart yet
                             .told_nobody_else = holds::told_nobody_else(told, evidence)};
    start_hold(tx, world, credentials, cause, holds::hold_after(facts, hold_limits), now);
}

}  // namespace sallyport::proof
