#include "slices/reset/set_password.h"

#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/mailboxes.h"
#include "proof/passkey_makers.h"
#include "proof/passwords.h"
#include "store/accounts.h"
#include "store/budgets.h"

#include <algorithm>

namespace sallyport::reset {

namespace {

namespace rules = policy::reset;
namespace holds = policy::holds;

constexpr holds::Limits hold_limits;

struct Ground {
    Chosen answer = Chosen::over;
    proof::PasswordOwner owner;
    std::vector<store::StoredHash> earlier;
};

Chosen answer_of(rules::Answer answer)
{
    switch (answer) {
    case rules::Answer::moved: return Chosen::done;
    case rules::Answer::not_now: return Chosen::not_now;
    case rules::Answer::other_account:
    case rules::Answer::other_browser:
    case rules::Answer::expired:
    case rules::Answer::over: break;
    }
    return Chosen::over;
}

Ground read_ground(db::Tx& tx, const proof::World& world, const store::TokenHash& secret)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found) return ground;
    ground.answer = Chosen::not_now;
    if (found->progress.stage != rules::Stage::password) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    const auto step =
        rules::step(facts_of(*found, credentials), rules::Event::password_accepted, now, limits);
    ground.answer = answer_of(step.answer);
    const std::string words = store::load_account(tx, world.keys, credentials.account()).words.now;
    ground.owner = {found->progress.email, {}, true};  // a strong factor was shown
    if (!words.empty()) ground.owner.words.push_back(words);
    if (const auto present = credentials.password()) ground.earlier.push_back(*present);
    const auto old = store::old_passwords(tx, credentials.account(), world.passwords.remembered);
    ground.earlier.insert(ground.earlier.end(), old.begin(), old.end());
    return ground;
}

/// What was shown beside the code, as the hold asks for it. A factor that has gone meanwhile approves
/// nothing.
holds::Approval approval_of(db::Tx& tx, const store::CredentialSet& credentials, const Found& found,
                            Instant now)
{
    const holds::Approval nothing{policy::Method::totp, policy::roots::app(true), now};
    if (!found.progress.proven || !holds::is_phishing_resistant(found.progress.proven->method))
        return nothing;
    const auto passkeys = credentials.passkeys(tx);
    const auto at = std::ranges::find(passkeys, found.progress.proven->factor, &store::Passkey::id);
    if (at == passkeys.end()) return nothing;
    return {found.progress.proven->method,
            proof::apart_from_mailbox(proof::kept_in(*at), found.progress.email), at->created_at};
}

PasswordOutcome settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                       const store::TokenHash& secret, const store::StoredHash& hash)
{
    const Instant now = world.clock.now();
    PasswordOutcome outcome;
    auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found) return outcome;
    outcome.answer = Chosen::not_now;
    if (found->progress.stage != rules::Stage::password) return outcome;
    auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    const auto step =
        rules::step(facts_of(*found, credentials), rules::Event::password_accepted, now, limits);
    outcome.answer = answer_of(step.answer);
    if (!step.set_password) return outcome;
    const auto old = credentials.password();
    const Duration hold =
        rules::hold_after(approval_of(tx, credentials, *found, now), proof::mailbox_of(found->progress.email),
                          proof::told_of(credentials, now), now, hold_limits);
    proof::end_cases(tx, world, credentials, policy::roads::Happening::other_road_finished, now);
    credentials.set_password(world.random.id<FactorId>(now), hash, now);
    proof::keep_new_password(tx, credentials, now);
    const Instant until = proof::start_hold(tx, world, credentials, holds::Cause::password_reset, hold, now);
    credentials.save(tx, world.keys, now);
    if (old)
        store::remember_old_password(tx, credentials.account(), world.random.id<FactorId>(now), *old, now,
                                     world.passwords.remembered);
    store::note_hash_parameters(tx, world.hash_parameters);
    proof::end_by(tx, policy::sessions::Event::password_reset, credentials.account(), std::nullopt, now);
    const auto account = store::load_account(tx, world.keys, credentials.account());
    auto facts = proof::facts_of(asker, now);
    facts.emplace_back("until", std::to_string(to_unix_ms(until)));
    proof::tell(tx, world, policy::notices::Kind::password_reset, account, credentials, facts, now);
    proof::note(tx, world, account.id, "password_reset", asker, now);
    Found done{Purpose::reset,
               secret,
               {.email = found->progress.email, .account = account.id, .begun = found->progress.begun}};
    done.progress.stage = step.stage;
    done.progress.held_until = until;
    save(tx, world, done);
    outcome.account = account.id;
    return outcome;
}

/// One of so many in this reset.
Task<bool> counted(proof::World& world, store::TokenHash secret, std::string name, std::int64_t most)
{
    Bytes key(secret.begin(), secret.end());
    const BytesView by_name = as_bytes(name);
    key.insert(key.end(), by_name.begin(), by_name.end());
    const store::BudgetKey budget{store::BudgetKind::password_checks,
                                  world.keys.index.of("reset-passwords", key)};
    const auto charged =
        co_await store::charge_in_window(world.database, budget, most, limits.row_life, world.clock.now());
    co_return charged.has_value();
}

}  // namespace

Task<PasswordOutcome> check_typed(proof::World& world, store::TokenHash secret, Secret password)
{
    PasswordOutcome outcome;
    auto read = [&world, secret](db::Tx& tx) { return read_ground(tx, world, secret); };
    auto ground = co_await world.database.transact(std::move(read));
    outcome.answer = ground.answer;
    if (ground.answer != Chosen::done) co_return outcome;
    const bool may = co_await counted(world, secret, "typed", checks_max);
    if (!may) {
        outcome.answer = Chosen::limited;
        co_return outcome;
    }
    const auto refusal = co_await proof::judge_typed(world, std::move(password), std::move(ground.owner));
    outcome.refusal = refusal;
    if (refusal) outcome.answer = Chosen::refused;
    co_return outcome;
}

Task<PasswordOutcome> set_password(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                   Secret password)
{
    Secret typed = password.duplicate();
    auto outcome = co_await check_typed(world, secret, std::move(typed));
    if (outcome.answer != Chosen::done) co_return outcome;
    const bool may = co_await counted(world, secret, "hashed", passwords_max);
    if (!may) {
        outcome.answer = Chosen::limited;
        co_return outcome;
    }
    auto read = [&world, secret](db::Tx& tx) { return read_ground(tx, world, secret); };
    auto ground = co_await world.database.transact(std::move(read));
    Secret compared = password.duplicate();
    const auto judged = co_await proof::judge_new(world, std::move(compared), std::move(ground.owner),
                                                  std::move(ground.earlier));
    outcome.refusal = judged.refusal;
    if (judged.refusal) outcome.answer = Chosen::refused;
    if (judged.busy_seconds) outcome.answer = Chosen::busy;
    outcome.busy_seconds = judged.busy_seconds.value_or(0);
    if (outcome.answer != Chosen::done) co_return outcome;
    const auto hashed = co_await proof::hash_password(world, std::move(password));
    if (!hashed.hash) {
        outcome.answer = Chosen::busy;
        outcome.busy_seconds = hashed.busy_seconds;
        co_return outcome;
    }
    const store::StoredHash hash = *hashed.hash;
    auto work = [&world, asker, secret, hash](db::Tx& tx) { return settle(tx, world, asker, secret, hash); };
    const auto settled = co_await world.database.transact(std::move(work));
    if (settled.answer == Chosen::done) world.mail_is_waiting();
    co_return settled;
}

}  // namespace sallyport::reset
