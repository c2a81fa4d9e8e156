#include "slices/addresses/change_address.h"

#include "base/record.h"
#include "proof/approver.h"
#include "proof/asked_mails.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/removals.h"
#include "store/budgets.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::addresses {

namespace {

namespace rules = policy::changes;
using policy::notices::Kind;

// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view row_purpose = "address-set-up";
constexpr std::string_view shape = "address-set-up.1";
constexpr Duration set_up_life = std::chrono::minutes{15};
constexpr Duration no_gap{0};

/// An address that a step-up approved, for one session.
struct SetUp {
    std::string address;
    Duration wait{};  // of the change
};

std::optional<SetUp> find_row(db::Tx& tx, const proof::World& world, const proof::Holder& holder, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, holder.session, row_purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), shape);
    if (reader.bytes() != holder.account.bytes()) return std::nullopt;
    SetUp set_up{reader.text(), {}};
    set_up.wait = Duration{reader.number()};
    reader.end();
    return set_up;
}

proof::CodePlace place_of(const proof::Holder& holder)
{
    return {holder.account, holder.session, policy::challenge::Purpose::new_address,
            policy::challenge::Channel::email};
}

rules::AskVerdict judge(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::CredentialSet& credentials, bool stepped_up, Instant now)
{
    return proof::judge_change(
        credentials,
        {.kind = rules::Kind::change_email,
         .session = holder.level,
         .account_highest = proof::highest_level_of(credentials),
         .stepped_up = stepped_up,
         .approver_young = !stepped_up || !proof::approver_is_old(tx, world, credentials, now),
         .browser_settled = proof::is_settled(tx, world, holder, now)},
        now);
}

std::optional<store::PendingChange> running(const store::CredentialSet& credentials)
{
    for (store::PendingChange& change : credentials.changes())
        if (change.pending.kind == rules::Kind::change_email && change.pending.state == rules::State::asked)
            return std::move(change);
    return std::nullopt;
}

store::Channel primary_of(const store::CredentialSet& credentials)
{
    const auto channels = credentials.channels();
    const auto at = std::ranges::find(channels, store::ChannelRole::primary, &store::Channel::role);
    CHECK(at != channels.end());
    return *at;
}

/// Every address and number hears of it, each with a code that stops it.
void ask(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
         store::CredentialSet& credentials, const SetUp& set_up, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    const store::Channel old = primary_of(credentials);
    const auto change = proof::ask_change(tx, world, credentials, rules::Kind::change_email, old.id.text(),
                                          old.address.address(), set_up.address, set_up.wait, now);
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, holder.account, "email_change_asked", holder.asker, now);
    proof::tell_asked(tx, world, account, credentials, change, holder.asker,
                      {{"name", proof::masked_address(set_up.address)}}, now);
}

/// The account as it is now decides again: another browser may have changed it since the code was sent.
Proven settle(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const proof::CodeTry& tried)
{
    const Instant now = world.clock.now();
    const auto set_up = find_row(tx, world, holder, now);
    if (!set_up || set_up->address != tried.to || !proof::is_in_force(tx, world, holder)) return Proven::over;
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    if (credentials.state() != store::AccountState::active || running(credentials)) return Proven::over;
    const auto address = Email::parse(set_up->address);
    CHECK(address.has_value());
    // No code went there: whoever guessed it learns nothing either.
    if (store::find_account(tx, address->key())) return Proven::wrong;
    if (!proof::take_code(tx, world, place_of(holder), tried.digits, now)) return Proven::code_over;
    store::take_mailed_code(tx, holder.session, row_purpose);
    ask(tx, world, holder, credentials, *set_up, now);
    return Proven::change_waits;
}

/// What the account and the network may ask for; the same statements for every address.
Task<bool> charge(proof::World& world, proof::Holder holder, Instant now)
{
    const auto& index = world.keys.index;
    const store::BudgetKey network{store::BudgetKind::mail_network, index.of("mails", holder.asker.network)};
    const auto by_network = co_await store::charge_mail(world.database, network, proof::network_mails_max,
                                                        proof::network_mails_window, no_gap, now);
    if (!by_network) co_return false;
    const store::BudgetKey account{store::BudgetKind::code_day,
                                   index.of("new-address", holder.account.value())};
    const auto by_account = co_await store::charge_in_window(world.database, account, account_codes_max,
                                                             account_codes_window, now);
    co_return by_account.has_value();
}

}  // namespace

Task<Shown> show(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        const Instant now = world.clock.now();
        const auto may = judge(tx, world, holder, credentials, false, now).answer;
        Shown shown{credentials.primary_address(), may, std::nullopt};
        if (const auto change = running(credentials))
            shown.change = proof::waiting_change(tx, world, credentials, change->subject, now);
        return shown;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<AddressFound> look_at_address(proof::World& world, proof::Holder holder, std::string typed)
{
    const auto address = Email::parse(typed);
    auto work = [&world, &holder, &address](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        AddressFound found;
        found.may = judge(tx, world, holder, credentials, false, world.clock.now()).answer;
        if (found.may == AskAnswer::needs_step_up && running(credentials))
            found.may = AskAnswer::pending_already;
        found.before = credentials.primary_address().address();
        if (!address) return found;
        found.address = address->address();
        found.typed = Typed::good;
        for (const store::Channel& channel : credentials.channels())
            if (channel.address == *address)
                found.typed = channel.role == store::ChannelRole::primary ? Typed::the_same : Typed::second;
        return found;
    };
    co_return co_await world.database.transact(std::move(work));
}

AskAnswer begin_address(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::CredentialSet& credentials, const std::string& address, Instant now)
{
    const auto verdict = judge(tx, world, holder, credentials, true, now);
    if (verdict.answer != AskAnswer::waits) return verdict.answer;
    store::put_mailed_code(tx, world.keys, holder.session, row_purpose,
                           RecordWriter(shape)
                               .bytes(holder.account.bytes())
                               .text(address)
                               .number(verdict.wait.count())
                               .take_secret(),
                           now + set_up_life);
    return verdict.answer;
}

Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) -> std::optional<OpenSetUp> {
        const Instant now = world.clock.now();
        const auto row = find_row(tx, world, holder, now);
        if (!row) return std::nullopt;
        auto code = proof::read_code(tx, world, place_of(holder), now);
        // A code that went to another address is none of this set-up's.
        if (code && code->to != row->address) code.reset();
        return OpenSetUp{row->address, std::move(code)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<proof::SendOutcome> send_address_code(proof::World& world, proof::Holder holder)
{
    const Instant now = world.clock.now();
    auto look = [&world, &holder, now](db::Tx& tx) { return find_row(tx, world, holder, now); };
    const auto row = co_await world.database.transact(std::move(look));
    if (!row) co_return proof::SendOutcome{};
    const bool paid = co_await charge(world, holder, now);
    if (!paid) co_return proof::SendOutcome{proof::SendAnswer::wait, now + proof::network_mails_window};
    const auto address = Email::parse(row->address);
    CHECK(address.has_value());
    const store::BudgetKey told{store::BudgetKind::mail_address,
                                world.keys.index.of("account_told", address->key())};
    const auto may_tell =
        co_await store::charge_mail(world.database, told, 1, holder_told_every, no_gap, now);
    proof::CodeTarget target{row->address, false, may_tell.has_value()};
    const auto place = place_of(holder);
    co_return co_await proof::send_code(world, holder.asker, place, std::move(target));
}

Task<Proven> prove_address(proof::World& world, proof::Holder holder, std::string typed)
{
    auto look = [&world, &holder](db::Tx& tx) { return find_row(tx, world, holder, world.clock.now()); };
    const auto row = co_await world.database.transact(std::move(look));
    if (!row) co_return Proven::over;
    const auto tried = co_await proof::try_code(world, place_of(holder), std::move(typed));
    switch (tried.answer) {
    case proof::CodeAnswer::wrong: co_return Proven::wrong;
    case proof::CodeAnswer::malformed: co_return Proven::malformed;
    case proof::CodeAnswer::over: co_return Proven::code_over;
    case proof::CodeAnswer::right: break;
    }
    auto work = [&world, &holder, &tried](db::Tx& tx) { return settle(tx, world, holder, tried); };
    const auto answer = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return answer;
}

}  // namespace sallyport::addresses
