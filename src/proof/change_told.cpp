// Who hears of a change that waits, and whether anybody did (ux.md, M12).
#include "policy/deliverability.h"
#include "proof/change_stops.h"
#include "store/address_standings.h"
#include "store/mail_breakers.h"
#include "store/message_reports.h"

namespace sallyport::proof {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;

constexpr rules::Limits limits;
constexpr policy::deliverability::Limits reach_limits;

std::vector<Email> addresses_of(const store::CredentialSet& credentials, Instant now)
{
    std::vector<Email> addresses;
    for (const store::Channel& channel : credentials.channels()) addresses.push_back(channel.address);
    for (const OldChannel& old : old_channels(credentials, now)) addresses.push_back(old.channel.address);
    return addresses;
}

bool is_undeliverable(db::Tx& tx, const World& world, const AccountId& account, const Email& address,
                      Instant now)
{
    const auto standing = store::load_standing(tx, world.keys, account, address);
    return policy::deliverability::is_undeliverable(standing, now, reach_limits);
}

}  // namespace

std::optional<AskedNotice> asked_notice_of(rules::Kind kind) noexcept
{
    switch (kind) {
    case rules::Kind::remove_passkey: return AskedNotice{Kind::passkey_removal_asked, "T9"};
    case rules::Kind::remove_app: return AskedNotice{Kind::app_removal_asked, "T16"};
    case rules::Kind::remove_password: return AskedNotice{Kind::password_removal_asked, "T10"};
    case rules::Kind::change_email: return AskedNotice{Kind::address_change_asked, "T7"};
    case rules::Kind::change_phone: return AskedNotice{Kind::phone_change_asked, "T4"};
    case rules::Kind::remove_notice_address:
    case rules::Kind::remove_phone:
    case rules::Kind::stop_email_codes: break;
    }
    return std::nullopt;
}

rules::Told was_told(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                     const store::PendingChange& change, Instant now)
{
    rules::Told told;
    const auto notice = asked_notice_of(change.pending.kind);
    if (!notice) return told;
    const std::string_view mail = mail_of(notice->mail);
    told.kind_stopped = store::load_breaker(tx, mail).stopped_at.has_value();
    const AccountId& account = credentials.account();
    const auto addresses = addresses_of(credentials, now);
    for (const store::Delivery& one :
         store::deliveries_at(tx, world.keys, account, change.pending.asked_at, addresses)) {
        if (!one.delivered || (one.mail != mail && one.mail != notice->text)) continue;
        if (one.to && is_undeliverable(tx, world, account, addresses[*one.to], now)) continue;
        told.delivered = true;
    }
    return told;
}

rules::Due due_of(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                  const store::PendingChange& change, Instant now)
{
    const auto due = rules::judge_due(change.pending, {}, now, limits);
    if (due != rules::Due::untold) return due;
    return rules::judge_due(change.pending, was_told(tx, world, credentials, change, now), now, limits);
}

std::vector<WaitingChange> waiting_changes(db::Tx& tx, const World& world,
                                           const store::CredentialSet& credentials, Instant now)
{
    std::vector<WaitingChange> waiting;
    for (store::PendingChange& change : credentials.changes()) {
        const auto due = due_of(tx, world, credentials, change, now);
        const Instant latest = rules::done_at_latest(change.pending, limits);
        if (due != rules::Due::over) waiting.push_back({std::move(change), due, latest});
    }
    return waiting;
}

std::optional<WaitingChange> waiting_change(db::Tx& tx, const World& world,
                                            const store::CredentialSet& credentials, std::string_view subject,
                                            Instant now)
{
    for (WaitingChange& one : waiting_changes(tx, world, credentials, now))
        if (one.change.subject == subject) return std::move(one);
    return std::nullopt;
}

}  // namespace sallyport::proof
