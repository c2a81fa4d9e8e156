#include "slices/codes/keep_codes.h"

#include "policy/sessions.h"
#include "proof/approver.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/removals.h"
#include "slices/codes/facts.h"

#include <algorithm>

namespace sallyport::codes {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;
using policy::phones::Deed;

/// A second factor besides `leaving`, where the operator asks for one.
bool is_last_second(const proof::World& world, const store::CredentialSet& credentials, std::size_t leaving)
{
    const auto passkeys = credentials.passkey_counts();
    const std::size_t strong = credentials.totp_app_count() +
                               static_cast<std::size_t>(passkeys.synced + passkeys.bound + passkeys.touched);
    const std::size_t weak = credentials.phones().size() + (credentials.email_codes_since() ? 1U : 0U);
    return world.methods.second_factor_mandatory && strong == 0 && weak <= leaving;
}

Number number_of(proof::SendAnswer answer)
{
    switch (answer) {
    case proof::SendAnswer::sent: return Number::good;
    case proof::SendAnswer::wait: return Number::wait;
    case proof::SendAnswer::premium: return Number::premium;
    case proof::SendAnswer::landline: return Number::landline;
    case proof::SendAnswer::unreachable: return Number::unreachable;
    case proof::SendAnswer::not_served: return Number::not_served;
    case proof::SendAnswer::busy: break;
    }
    return Number::busy;
}

rules::AskVerdict judge(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::CredentialSet& credentials, rules::Kind kind, Instant now)
{
    return proof::judge_change(
        credentials,
        {.kind = kind,
         .session = holder.level,
         .account_highest = proof::highest_level_of(credentials),
         .stepped_up = true,
         .approver_young = !proof::approver_is_old(tx, world, credentials, now),
         .browser_settled = proof::is_settled(tx, world, holder, now),
         .last_second_factor = kind != rules::Kind::change_phone && is_last_second(world, credentials, 1)},
        now);
}

}  // namespace

Answer judge_factor(const proof::World& world, const proof::Holder& holder,
                    const store::CredentialSet& credentials, Deed deed, std::string_view e164,
                    bool stepped_up)
{
    const auto phones = credentials.phones();
    const bool by_mail = deed == Deed::start_mail_codes;
    policy::phones::Facts facts;
    facts.deed = deed;
    facts.method_taken = by_mail ? world.methods.email_code : world.methods.sms_code;
    facts.session = holder.level;
    facts.account_highest = proof::highest_level_of(credentials);
    facts.stepped_up = stepped_up;
    facts.phones = static_cast<std::int64_t>(phones.size());
    facts.held = by_mail ? credentials.email_codes_since().has_value()
                         : std::ranges::find(phones, e164, &store::Phone::number) != phones.end();
    return policy::phones::may(facts, {});
}

std::optional<store::Phone> phone_of(const store::CredentialSet& credentials,
                                     const std::optional<ChannelId>& id)
{
    for (store::Phone& phone : credentials.phones())
        if (phone.id == id) return std::move(phone);
    return std::nullopt;
}

Task<Shown> show(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        Shown shown;
        for (store::Phone& phone : credentials.phones()) {
            auto leaving = proof::waiting_change(tx, world, credentials, phone.id.text(), world.clock.now());
            shown.phones.push_back({std::move(phone), std::move(leaving)});
        }
        shown.mail_codes_since = credentials.email_codes_since();
        shown.may_add = judge_factor(world, holder, credentials, Deed::add_phone, {}, false);
        shown.may_start_mail_codes =
            judge_factor(world, holder, credentials, Deed::start_mail_codes, {}, false);
        return shown;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<NumberFound> look_at_number(proof::World& world, proof::Holder holder, std::string typed,
                                 std::string region, std::optional<ChannelId> replaced)
{
    NumberFound found;
    const auto number = PhoneNumber::parse(typed, region);
    if (number) found.e164 = number->e164();
    auto work = [&world, &holder, &found, replaced](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        found.replaced = phone_of(credentials, replaced);
        const Deed deed = replaced ? Deed::change_phone : Deed::add_phone;
        found.may = judge_factor(world, holder, credentials, deed, found.e164, false);
    };
    co_await world.database.transact(std::move(work));
    if (!number) co_return found;
    proof::CodeTarget target{found.e164, false};
    const auto sendable = co_await proof::may_text(world, holder.asker, std::move(target));
    found.number = number_of(sendable.answer);
    found.next_at = sendable.next_at;
    co_return found;
}

Begun begin_phone(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                  const store::CredentialSet& credentials, const std::string& e164,
                  const std::optional<ChannelId>& replaced, Instant now)
{
    Begun begun;
    const Deed deed = replaced ? Deed::change_phone : Deed::add_phone;
    begun.may = judge_factor(world, holder, credentials, deed, e164, true);
    if (begun.may != Answer::allowed) return begun;
    Duration wait{};
    if (replaced) {
        const auto verdict = judge(tx, world, holder, credentials, rules::Kind::change_phone, now);
        begun.change = verdict.answer;
        wait = verdict.wait;
        if (verdict.answer != AskAnswer::waits) return begun;
    }
    put_set_up(tx, world, holder, {e164, replaced, wait}, now);
    return begun;
}

AskAnswer remove_phone(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                       const store::Account& account, store::CredentialSet& credentials, const ChannelId& id,
                       Instant now)
{
    const auto phone = phone_of(credentials, id);
    if (!phone) return AskAnswer::pending_already;
    const auto verdict = judge(tx, world, holder, credentials, rules::Kind::remove_phone, now);
    if (verdict.answer != AskAnswer::at_once) return verdict.answer;
    // Written down as done, so that the number goes on hearing of changes.
    store::PendingChange change{world.random.id<ChangeId>(now),
                                {rules::Kind::remove_phone, rules::State::done, now, now},
                                id.text(),
                                phone->number,
                                {},
                                now,
                                {}};
    // A change of this very number has nothing left to replace.
    if (const auto running = proof::running_change(credentials, id.text()))
        proof::stop_change(tx, credentials, running->id, rules::Stopper::strong_factor, "removed", now);
    credentials.remove_phone(id);
    credentials.put_change(change);
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "phone_removed", holder.asker, now);
    proof::tell(tx, world, Kind::phone_removed, account, credentials, proof::facts_of(holder.asker, now),
                now);
    proof::tell_phones(tx, world, "T5", account, credentials, now);
    return AskAnswer::at_once;
}

Answer start_mail_codes(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::Account& account, store::CredentialSet& credentials, Instant now)
{
    const auto answer = judge_factor(world, holder, credentials, Deed::start_mail_codes, {}, true);
    if (answer != Answer::allowed) return answer;
    proof::hold_value(tx, world, credentials, policy::holds::Cause::factor_added, now);
    credentials.start_email_codes(world.random.id<FactorId>(now), now);
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "mail_codes_on", holder.asker, now);
    proof::tell(tx, world, Kind::mail_codes_on, account, credentials, proof::facts_of(holder.asker, now),
                now);
    return answer;
}

AskAnswer stop_mail_codes(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                          const store::Account& account, store::CredentialSet& credentials, Instant now)
{
    if (!credentials.email_codes_since()) return AskAnswer::pending_already;
    const auto verdict = judge(tx, world, holder, credentials, rules::Kind::stop_email_codes, now);
    if (verdict.answer != AskAnswer::at_once) return verdict.answer;
    credentials.stop_email_codes();
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "mail_codes_off", holder.asker, now);
    proof::tell(tx, world, Kind::mail_codes_off, account, credentials, proof::facts_of(holder.asker, now),
                now);
    return AskAnswer::at_once;
}

}  // namespace sallyport::codes
