#include "slices/passkeys/add_passkey.h"

#include "base/record.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "render/messages.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::passkeys {

namespace {

namespace rules = policy::passkeys;

constexpr rules::Limits limits;
// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view row_purpose = "passkey-set-up";
constexpr std::string_view shape = "passkey-set-up.1";
constexpr std::string_view challenge_purpose = "add_passkey";

rules::Registration facts_of(const proof::Holder& holder, const store::CredentialSet& credentials)
{
    const auto counts = credentials.passkey_counts();
    rules::Registration facts;
    facts.session = holder.level;
    facts.account_highest = proof::highest_level_of(credentials);
    facts.stepped_up = true;  // a set-up is opened by a step-up only
    facts.has_password = credentials.password().has_value();
    facts.held = counts.synced + counts.bound + counts.touched;
    facts.bound_held = counts.bound;
    return facts;
}

struct SetUp {
    Instant begun;
};

std::optional<SetUp> find_row(db::Tx& tx, const proof::World& world, const proof::Holder& holder, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, holder.session, row_purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), shape);
    if (reader.bytes() != holder.account.bytes()) return std::nullopt;
    const SetUp set_up{reader.time()};
    reader.end();
    return set_up;
}

void put_in_force(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                  store::CredentialSet& credentials, const store::Passkey& passkey, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    proof::hold_value(tx, world, credentials, policy::holds::Cause::factor_added, now);
    credentials.add_passkey(passkey);
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "passkey_added", holder.asker, now);
    proof::tell(tx, world, policy::notices::Kind::passkey_added, account, credentials,
                proof::facts_of(holder.asker, now), now);
}

/// The account as it is now decides again: another browser may have changed it since the dialog opened.
AddOutcome settle(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                  const store::Passkey& passkey)
{
    const Instant now = world.clock.now();
    if (!find_row(tx, world, holder, now) || !proof::is_in_force(tx, world, holder)) return {};
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    if (credentials.state() != store::AccountState::active) return {};
    const auto again = rules::may_register(facts_of(holder, credentials), limits);
    if (again != RegistrationAnswer::allowed) return {Added::refused, again};
    if (store::find_passkey_account(tx, passkey.credential_id))
        return {Added::refused, RegistrationAnswer::already_held};
    if (!store::take_mailed_code(tx, holder.session, row_purpose)) return {};
    put_in_force(tx, world, holder, credentials, passkey, now);
    return {Added::in_force, RegistrationAnswer::allowed};
}

}  // namespace

RegistrationAnswer may_add(const proof::Holder& holder, const store::CredentialSet& credentials)
{
    return rules::may_register(facts_of(holder, credentials), limits);
}

RegistrationAnswer begin(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::CredentialSet& credentials, Instant now)
{
    const auto answer = may_add(holder, credentials);
    if (answer != RegistrationAnswer::allowed) return answer;
    store::put_mailed_code(tx, world.keys, holder.session, row_purpose,
                           RecordWriter(shape).bytes(holder.account.bytes()).time(now).take_secret(),
                           now + set_up_life);
    return answer;
}

Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) -> std::optional<OpenSetUp> {
        const auto row = find_row(tx, world, holder, world.clock.now());
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        return OpenSetUp{credentials.passkeys(tx), credentials.primary_address().address(),
                         row->begun + set_up_life};
    };
    co_return co_await world.database.transact(std::move(work));
}

proof::PasskeyChallenge challenge_for(const proof::World& world, const proof::Holder& holder)
{
    return proof::make_passkey_challenge(world, challenge_purpose, holder.session, world.clock.now());
}

Task<AddOutcome> add(proof::World& world, proof::Holder holder, std::string cookie, proof::PasskeyMade made,
                     std::string name)
{
    auto look = [&world, &holder](db::Tx& tx) -> std::optional<rules::Registration> {
        if (!find_row(tx, world, holder, world.clock.now())) return std::nullopt;
        return facts_of(holder, store::CredentialSet::load(tx, world.keys, holder.account));
    };
    const auto facts = co_await world.database.transact(std::move(look));
    if (!facts) co_return AddOutcome{};
    auto expected = proof::expected_challenge(world, cookie, challenge_purpose, holder.session);
    const auto language = render::language_of(holder.asker.language).value_or(render::Language::en);
    proof::PasskeyNames names{std::move(name), render::text(language, render::Msg::passkeys_unnamed)};
    const auto checked = co_await proof::check_new_passkey(world, std::move(expected), std::move(made),
                                                           *facts, std::move(names));
    if (!checked.passkey) co_return AddOutcome{Added::refused, checked.answer};
    auto work = [&world, &holder, &checked](db::Tx& tx) {
        return settle(tx, world, holder, *checked.passkey);
    };
    const auto outcome = co_await world.database.transact(std::move(work));
    if (outcome.answer == Added::in_force) world.mail_is_waiting();
    co_return outcome;
}

}  // namespace sallyport::passkeys
