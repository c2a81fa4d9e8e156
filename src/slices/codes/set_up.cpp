// The number that a step-up approved: its code, and what becomes of it.
#include "base/record.h"
#include "proof/change_stops.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "slices/codes/facts.h"
#include "store/sealed_rows.h"

namespace sallyport::codes {

namespace {

using policy::notices::Kind;

// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view row_purpose = "phone-set-up";
constexpr std::string_view shape = "phone-set-up.1";
constexpr Duration set_up_life = std::chrono::minutes{15};

std::optional<SetUp> find_row(db::Tx& tx, const proof::World& world, const proof::Holder& holder, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, holder.session, row_purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), shape);
    if (reader.bytes() != holder.account.bytes()) return std::nullopt;
    SetUp set_up{reader.text(), {}, {}};
    set_up.replaced = ChannelId::parse(reader.text());
    set_up.wait = Duration{reader.number()};
    reader.end();
    return set_up;
}

proof::CodePlace place_of(const proof::Holder& holder)
{
    return {holder.account, holder.session, policy::challenge::Purpose::new_number,
            policy::challenge::Channel::text};
}

void add(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
         store::CredentialSet& credentials, const SetUp& set_up, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    proof::hold_value(tx, world, credentials, policy::holds::Cause::factor_added, now);
    credentials.add_phone({world.random.id<ChannelId>(now), set_up.e164, now});
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "phone_added", holder.asker, now);
    proof::tell(tx, world, Kind::phone_added, account, credentials, proof::facts_of(holder.asker, now), now);
}

/// The old number and every other channel hear of it at once, each with a code that stops it.
void ask(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
         store::CredentialSet& credentials, const SetUp& set_up, const store::Phone& old, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    const auto change = proof::ask_change(tx, world, credentials, policy::changes::Kind::change_phone,
                                          old.id.text(), old.number, set_up.e164, set_up.wait, now);
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, holder.account, "phone_change_asked", holder.asker, now);
    proof::tell_asked(tx, world, account, credentials, change, holder.asker, {}, now);
}

/// The account as it is now decides again: another browser may have changed it since the code was sent.
Proven settle(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const proof::CodeTry& tried)
{
    const Instant now = world.clock.now();
    const auto set_up = find_row(tx, world, holder, now);
    if (!set_up || set_up->e164 != tried.to || !proof::is_in_force(tx, world, holder)) return Proven::over;
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    if (credentials.state() != store::AccountState::active) return Proven::over;
    using policy::phones::Deed;
    const Deed deed = set_up->replaced ? Deed::change_phone : Deed::add_phone;
    if (judge_factor(world, holder, credentials, deed, set_up->e164, true) != Answer::allowed)
        return Proven::over;
    const auto old = phone_of(credentials, set_up->replaced);
    if (set_up->replaced && (!old || proof::running_change(credentials, old->id.text()))) return Proven::over;
    if (!proof::take_code(tx, world, place_of(holder), tried.digits, now)) return Proven::code_over;
    if (!store::take_mailed_code(tx, holder.session, row_purpose)) return Proven::over;
    if (old) {
        ask(tx, world, holder, credentials, *set_up, *old, now);
        return Proven::change_waits;
    }
    add(tx, world, holder, credentials, *set_up, now);
    return Proven::added;
}

}  // namespace

void put_set_up(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const SetUp& set_up,
                Instant now)
{
    store::put_mailed_code(tx, world.keys, holder.session, row_purpose,
                           RecordWriter(shape)
                               .bytes(holder.account.bytes())
                               .text(set_up.e164)
                               .text(set_up.replaced ? set_up.replaced->text() : std::string())
                               .number(set_up.wait.count())
                               .take_secret(),
                           now + set_up_life);
}

Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) -> std::optional<OpenSetUp> {
        const Instant now = world.clock.now();
        const auto row = find_row(tx, world, holder, now);
        if (!row) return std::nullopt;
        auto code = proof::read_code(tx, world, place_of(holder), now);
        // A code that went to another number is none of this set-up's.
        if (code && code->to != row->e164) code.reset();
        return OpenSetUp{row->e164, row->replaced.has_value(), proof::reach_of(world, row->e164),
                         std::move(code)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<proof::SendOutcome> send_number_code(proof::World& world, proof::Holder holder, bool call)
{
    auto look = [&world, &holder](db::Tx& tx) { return find_row(tx, world, holder, world.clock.now()); };
    const auto row = co_await world.database.transact(std::move(look));
    if (!row) co_return proof::SendOutcome{};
    const auto place = place_of(holder);
    proof::CodeTarget target{row->e164, false};
    target.call = call;
    co_return co_await proof::send_code(world, holder.asker, place, std::move(target));
}

Task<ProvenOutcome> prove_number(proof::World& world, proof::Holder holder, std::string typed)
{
    auto look = [&world, &holder](db::Tx& tx) { return find_row(tx, world, holder, world.clock.now()); };
    const auto row = co_await world.database.transact(std::move(look));
    if (!row) co_return ProvenOutcome{};
    const auto tried = co_await proof::try_code(world, place_of(holder), std::move(typed));
    switch (tried.answer) {
    case proof::CodeAnswer::wrong: co_return ProvenOutcome{Proven::wrong, tried.tries_left};
    case proof::CodeAnswer::malformed: co_return ProvenOutcome{Proven::malformed, tried.tries_left};
    case proof::CodeAnswer::over: co_return ProvenOutcome{Proven::code_over, 0};
    case proof::CodeAnswer::right: break;
    }
    auto work = [&world, &holder, &tried](db::Tx& tx) { return settle(tx, world, holder, tried); };
    const auto answer = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return ProvenOutcome{answer, tried.tries_left};
}

}  // namespace sallyport::codes
