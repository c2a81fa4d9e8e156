#include "proof/effects.h"

#include "policy/bundles.h"
#include "policy/changes.h"
#include "policy/trusted_browsers.h"
#include "proof/lock_codes.h"
#include "proof/sent_codes.h"
#include "store/bundled_mail.h"
#include "store/events.h"
#include "store/known_browsers.h"
#include "store/sealed_rows.h"
#include "store/sessions.h"
#include "store/trusted_browsers.h"

#include <algorithm>
#include <array>

namespace sallyport::proof {

namespace {

namespace notices = policy::notices;

constexpr Duration old_words_told = std::chrono::hours{24};

/// The number of each in the inventory of mails (ux.md section 7.2).
struct Named {
    notices::Kind kind;
    std::string_view mail;
};
constexpr Named mails[]{
    {notices::Kind::confirm_address, "E1"},
    {notices::Kind::sign_in_pass, "E2"},
    {notices::Kind::second_factor_code, "E2-second"},
    {notices::Kind::step_up_code, "E4"},
    {notices::Kind::account_exists, "E9"},
    {notices::Kind::welcome, "E10"},
    {notices::Kind::new_sign_in, "E11"},
    {notices::Kind::sign_in_stopped, "E12"},
    {notices::Kind::sign_ins_failed, "E13"},
    {notices::Kind::passkey_copied, "E12-copy"},
    {notices::Kind::recovery_code_used, "E15"},
    {notices::Kind::sessions_ended, "E16"},
    {notices::Kind::password_changed, "E19"},
    {notices::Kind::password_added, "E19-added"},
    {notices::Kind::password_removal_asked, "E19-asked"},
    {notices::Kind::password_removed, "E19-removed"},
    {notices::Kind::account_reviewed, "E48-review"},
    {notices::Kind::app_added, "E23"},
    {notices::Kind::kit_made, "E27"},
    {notices::Kind::kit_old, "E28"},
    {notices::Kind::words_changed, "E31"},
    {notices::Kind::notice_address_added, "E32-added"},
    {notices::Kind::hold_over, "E35-over"},
    {notices::Kind::recovery_reminded, "E44"},
    {notices::Kind::passkey_added, "E21"},
    {notices::Kind::passkey_removal_asked, "E22-asked"},
    {notices::Kind::passkey_removed, "E22"},
    {notices::Kind::reset_code, "E5"},
    {notices::Kind::reset_locked, "E5-locked"},
    {notices::Kind::no_account, "E5-none"},
    {notices::Kind::reset_asked, "E18"},
    {notices::Kind::password_reset, "E19-reset"},
    {notices::Kind::recovery_code_mailed, "E6"},
    {notices::Kind::recovery_opened, "E40"},
    {notices::Kind::recovery_ready, "E45"},
    {notices::Kind::recovery_stopped, "E47-paused"},
    {notices::Kind::recovery_ended, "E47"},
    {notices::Kind::recovery_finished, "E48"},
    {notices::Kind::phone_added, "E25-added"},
    {notices::Kind::phone_change_asked, "E25-asked"},
    {notices::Kind::phone_changed, "E25-changed"},
    {notices::Kind::phone_removed, "E25-removed"},
    {notices::Kind::mail_codes_on, "E26-on"},
    {notices::Kind::mail_codes_off, "E26-off"},
    {notices::Kind::address_code, "E7"},
    {notices::Kind::address_again, "E7-again"},
    {notices::Kind::address_in_use, "E7-known"},
    {notices::Kind::address_change_asked, "E29"},
    {notices::Kind::address_changed, "E30"},
    {notices::Kind::address_taken, "E30-taken"},
    {notices::Kind::change_stopped, "E29-stopped"},
    {notices::Kind::change_undone, "E30-undone"},
    {notices::Kind::browser_trusted, "E17"},
    {notices::Kind::unlock_code, "E8"},
    {notices::Kind::account_locked, "E50"},
    {notices::Kind::exits_paused, "E50-paused"},
    {notices::Kind::unlock_asked, "E51-asked"},
    {notices::Kind::account_unlocked, "E51"},
    {notices::Kind::address_undeliverable, "E58"},
    {notices::Kind::fake_reported, "E57"},
    {notices::Kind::report_was_fake, "E57-fake"},
    {notices::Kind::report_was_genuine, "E57-genuine"},
    {notices::Kind::app_removal_asked, "E24-asked"},
    {notices::Kind::app_removed, "E24"},
};
static_assert(std::size(mails) == static_cast<std::size_t>(notices::Kind::app_removed) + 1, "each has one");

/// Codes, and what is as quick as a code, so that nobody waits longer for the one than for the other.
constexpr std::array quick{
    notices::Kind::confirm_address, notices::Kind::sign_in_pass, notices::Kind::second_factor_code,
    notices::Kind::step_up_code,    notices::Kind::reset_code,   notices::Kind::recovery_code_mailed,
    notices::Kind::unlock_code,     notices::Kind::address_code, notices::Kind::address_in_use,
    notices::Kind::reset_locked,    notices::Kind::no_account,   notices::Kind::address_again,
};
/// What tells of nothing that anybody did.
constexpr std::array slow{notices::Kind::welcome,         notices::Kind::kit_old,
                          notices::Kind::hold_over,       notices::Kind::fake_reported,
                          notices::Kind::report_was_fake, notices::Kind::report_was_genuine};

store::MailPriority priority_of(notices::Kind kind)
{
    if (std::ranges::find(quick, kind) != quick.end()) return store::MailPriority::code;
    const bool may_wait = std::ranges::find(slow, kind) != slow.end();
    return may_wait ? store::MailPriority::notice : store::MailPriority::security;
}

MailFacts with_words(MailFacts facts, const store::Words& words, Instant now)
{
    facts.emplace_back("words", words.now);
    if (!words.before.empty() && now < words.changed_at + old_words_told) {
        facts.emplace_back("words_before", words.before);
        facts.emplace_back("words_changed_at", std::to_string(to_unix_ms(words.changed_at)));
    }
    return facts;
}

/// What an address that left then has seen of the words.
std::optional<store::Words> words_seen(const store::Words& words, Instant left)
{
    switch (notices::old_address_sees(words.changed_at, left)) {
    case notices::OldAddressSees::no_words: break;
    case notices::OldAddressSees::words: return words;
    case notices::OldAddressSees::words_before: return store::Words{words.before, {}, words.changed_at};
    }
    return std::nullopt;
}

/// Mails older than this are no part of a bundle, whatever became of them.
constexpr Duration bundle_age_max = std::chrono::hours{24};
constexpr std::string_view times_name = "times";
constexpr std::string_view since_name = "since";
constexpr std::string_view lock_code_name = "lock_code";  // of the message, whatever it tells

/// `fresh` tells the newest event; what is added says how many the mail stands for, and since when.
MailFacts joined(const MailFacts& waiting, MailFacts fresh)
{
    std::int64_t times = 1;
    std::string since;
    for (const auto& [name, value] : waiting) {
        if (name == lock_code_name) fresh.emplace_back(name, value);
        if (name == times_name) times = std::stoll(value);
        if (name == since_name || (name == "at" && since.empty())) since = value;
    }
    fresh.emplace_back(times_name, std::to_string(times + 1));
    fresh.emplace_back(since_name, std::move(since));
    return fresh;
}

/// A mail about an event that may be bundled, to one address.
void put_bundled(db::Tx& tx, const World& world, store::OutboxMail mail, const store::Channel& channel,
                 notices::Kind kind, const store::EarlierMails& earlier, Instant now)
{
    const auto waiting = std::ranges::find(earlier.untouched, mail.to, &store::OutboxMail::to);
    policy::bundles::Earlier known{waiting != earlier.untouched.end(), earlier.last_due};
    auto verdict = policy::bundles::judge(known, now);
    if (verdict.join) {
        store::OutboxMail both = *waiting;
        both.parameters = joined(waiting->parameters, mail.parameters);
        if (store::rewrite_mail(tx, world.keys, both)) return;
        known.one_waits = false;
        verdict = policy::bundles::judge(known, now);
    }
    add_lock_code(tx, world, mail, channel.id, now);
    store::put_mail_for(tx, world.keys, mail, priority_of(kind), verdict.due_at, now);
}

}  // namespace

std::string_view mail_of(notices::Kind kind) noexcept
{
    const Named* const named = std::ranges::find(mails, kind, &Named::kind);
    return named == std::end(mails) ? std::string_view() : named->mail;
}

MailFacts facts_of(const Asker& asker, Instant now)
{
    return {{"at", std::to_string(to_unix_ms(now))}, {"browser", asker.browser}, {"address", asker.address}};
}

void tell(db::Tx& tx, const World& world, notices::Kind kind, const store::Account& account,
          const store::CredentialSet& credentials, const MailFacts& facts, Instant now)
{
    tell_each(tx, world, kind, account, credentials, [&facts](const store::Channel&) { return facts; }, now);
}

std::vector<OldChannel> old_channels(const store::CredentialSet& credentials, Instant now)
{
    namespace changes = policy::changes;
    constexpr changes::Limits limits;
    std::vector<OldChannel> old;
    const auto held = credentials.channels();
    const auto is_told = [&](const Email& address) {
        const auto has = [&](const store::Channel& channel) { return channel.address == address; };
        const auto had = [&](const OldChannel& one) { return one.channel.address == address; };
        return std::ranges::any_of(held, has) || std::ranges::any_of(old, had);
    };
    for (const store::PendingChange& change : credentials.changes()) {
        if (change.pending.kind != changes::Kind::change_email ||
            change.pending.state != changes::State::done ||
            now >= changes::old_channel_until(change.pending, limits))
            continue;
        const auto address = Email::parse(change.before);
        const auto id = ChannelId::parse(change.subject);
        CHECK(address && id);
        if (is_told(*address)) continue;
        old.push_back({{*id, store::ChannelRole::notice, *address, change.pending.asked_at},
                       change.ended_at.value_or(change.pending.due_at)});
    }
    return old;
}

void tell_each(db::Tx& tx, const World& world, notices::Kind kind, const store::Account& account,
               const store::CredentialSet& credentials,
               const std::function<MailFacts(const store::Channel&)>& own, Instant now, const Email* but)
{
    const auto channels = credentials.channels();
    const auto old = old_channels(credentials, now);
    notices::Channels proven;
    for (const store::Channel& channel : channels)
        (channel.role == store::ChannelRole::primary ? proven.primary_proven : proven.notice_proven) = true;
    proven.old_kept = !old.empty();
    const notices::Recipients to = notices::recipients_of(kind, proven);
    const bool bundled = notices::may_be_bundled(kind);
    store::EarlierMails earlier;
    if (bundled)
        earlier = store::earlier_mails(tx, world.keys, account.id, mail_of(kind), now - bundle_age_max);
    const auto owe = [&](const store::Channel& channel, MailFacts all) {
        store::OutboxMail mail{world.random.id<OutboxId>(now), account.id,       std::string(mail_of(kind)),
                               channel.address.address(),      account.language, std::move(all)};
        if (bundled) return put_bundled(tx, world, std::move(mail), channel, kind, earlier, now);
        add_lock_code(tx, world, mail, channel.id, now);
        store::put_mail(tx, world.keys, mail, priority_of(kind), now);
    };
    for (const store::Channel& channel : channels) {
        const bool told = channel.role == store::ChannelRole::primary ? to.primary : to.notice;
        if (!told || (but != nullptr && channel.address == *but)) continue;
        owe(channel, to.words ? with_words(own(channel), account.words, now) : own(channel));
    }
    if (!to.old) return;
    for (const OldChannel& one : old) {
        const auto words = to.words ? words_seen(account.words, one.left) : std::nullopt;
        owe(one.channel, words ? with_words(own(one.channel), *words, now) : own(one.channel));
    }
}

std::vector<store::Phone> told_phones(const store::CredentialSet& credentials, Instant now)
{
    constexpr policy::changes::Limits limits;
    std::vector<store::Phone> phones = credentials.phones();
    for (const store::PendingChange& change : credentials.changes()) {
        const bool keeps = policy::changes::keeps_old_channel(change.pending.kind) &&
                           change.pending.state == policy::changes::State::done &&
                           now < policy::changes::old_channel_until(change.pending, limits);
        const bool told = std::ranges::find(phones, change.before, &store::Phone::number) != phones.end();
        const auto id = ChannelId::parse(change.subject);
        if (keeps && !told && id && change.before.starts_with('+'))
            phones.push_back({*id, change.before, change.pending.asked_at});
    }
    return phones;
}

void tell_each_phone(db::Tx& tx, const World& world, std::string_view text, const store::Account& account,
                     const store::CredentialSet& credentials,
                     const std::function<MailFacts(const store::Phone&)>& own, Instant now)
{
    for (const store::Phone& phone : told_phones(credentials, now)) {
        const bool call = reach_of(world, phone.number) == policy::phones::Reach::call;
        store::put_text(tx, world.keys,
                        {world.random.id<OutboxId>(now), account.id, std::string(text), phone.number,
                         account.language, with_call(own(phone), call)},
                        store::MailPriority::security, now);
    }
}

MailFacts with_call(MailFacts facts, bool call)
{
    if (call) facts.emplace_back("call", "yes");
    return facts;
}

void tell_phones(db::Tx& tx, const World& world, std::string_view text, const store::Account& account,
                 const store::CredentialSet& credentials, Instant now)
{
    const auto nothing = [](const store::Phone&) { return MailFacts{}; };
    tell_each_phone(tx, world, text, account, credentials, nothing, now);
}

void tell_own(db::Tx& tx, const World& world, notices::Kind kind, const store::Account& account,
              const store::CredentialSet& credentials, std::string_view address, const MailFacts& facts,
              Instant now)
{
    const notices::Recipients to = notices::recipients_of(kind, {});
    CHECK(to.named);
    for (const store::Channel& channel : credentials.channels()) {
        if (channel.address.address() != address) continue;
        store::OutboxMail mail{world.random.id<OutboxId>(now), account.id,       std::string(mail_of(kind)),
                               std::string(address),           account.language, facts};
        if (to.words) mail.parameters = with_words(facts, account.words, now);
        add_lock_code(tx, world, mail, channel.id, now);
        store::put_mail(tx, world.keys, mail, priority_of(kind), now);
    }
}

void tell_address(db::Tx& tx, const World& world, notices::Kind kind, const Email& address,
                  std::string_view language, const MailFacts& facts, Instant now)
{
    const store::OutboxMail mail{world.random.id<OutboxId>(now), std::nullopt,
                                 std::string(mail_of(kind)),     address.address(),
                                 std::string(language),          facts};
    add_no_lock_code(tx, world, now);
    store::put_mail(tx, world.keys, mail, priority_of(kind), now);
}

void note(db::Tx& tx, const World& world, const AccountId& account, std::string_view kind, const Asker& asker,
          Instant now, std::string_view detail)
{
    store::add_event(tx, {world.random.id<EventId>(now), account, std::string(kind), now, asker.browser,
                          asker.address, std::string(detail)});
}

std::int64_t end_by(db::Tx& tx, policy::sessions::Event event, const AccountId& account,
                    const std::optional<store::TokenHash>& own, Instant now)
{
    const policy::sessions::Ended ended = policy::sessions::ended_by(event);
    std::int64_t others = 0;
    if (ended.own_session && own) store::end_session(tx, account, store::session_id_of(*own), now);
    if (ended.other_sessions)
        others = store::end_sessions(tx, account, ended.own_session ? std::nullopt : own, now);
    if (ended.half_finished_sign_ins) store::end_sign_ins(tx, account);
    if (ended.open_step_ups) store::end_step_ups(tx, account);
    if (ended.known_browsers) store::forget_browsers(tx, account);
    const policy::trusted_browsers::Ended trust = policy::trusted_browsers::ended_by(event);
    if (trust.others) {
        std::optional<SessionId> kept;
        if (!trust.own && own) kept = store::session_id_of(*own);
        store::end_trust(tx, account, kept);
    }
    return others;
}

}  // namespace sallyport::proof
