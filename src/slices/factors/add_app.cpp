#include "slices/factors/add_app.h"

#include "base/text.h"
#include "crypto/totp.h"
#include "proof/changes.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "slices/factors/remove_app.h"
#include "slices/factors/saved_part.h"
#include "store/accounts.h"

#include <algorithm>

namespace sallyport::factors {

namespace {

namespace rules = policy::factors;
using rules::AddVerdict;
using rules::SetUp;

constexpr rules::Limits limits;
constexpr std::size_t app_digits = 6;

rules::AddFacts facts_of(const proof::Holder& holder, const store::CredentialSet& credentials,
                         bool approver_young)
{
    rules::AddFacts facts;
    facts.session = holder.level;
    facts.apps = static_cast<std::int64_t>(credentials.totp_app_count());
    facts.account_highest = proof::highest_level_of(credentials);
    facts.stepped_up = true;
    facts.approver_young = approver_young;
    facts.replacement_running = facts.apps >= limits.apps_max;
    return facts;
}

AddVerdict verdict_of(Change change, const rules::AddFacts& facts)
{
    // With no app there is nothing to move from: the first one is added.
    return change == Change::move && facts.apps > 0 ? rules::may_replace_app(facts)
                                                    : rules::may_add_app(facts, limits);
}

bool is_young(const store::TotpApp& app, Instant now)
{
    return !rules::may_approve_weakening(app.created_at, now, limits);
}

CodeOutcome check_code(const AppSetUp& set_up, std::string_view typed, Instant now,
                       proof::EnrolmentOutcome& enrolment)
{
    const auto digits = typed_digits(typed);
    if (!digits || digits->size() != app_digits) return {CodeProven::malformed, std::nullopt};
    enrolment = proof::check_enrolment_code(set_up.key, std::nullopt, typed, now);
    if (enrolment.verdict.answer != rules::CodeAnswer::accepted) return {CodeProven::wrong, enrolment.drift};
    return {CodeProven::proven, std::nullopt};
}

CodeOutcome settle_code(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        std::string_view typed)
{
    const Instant now = world.clock.now();
    auto set_up = find_app_set_up(tx, world, holder, now);
    if (!set_up) return {};
    // A second press of the button: the code has done its work.
    if (set_up->stage != SetUp::shown) return {CodeProven::proven, std::nullopt};
    proof::EnrolmentOutcome enrolment;
    const CodeOutcome outcome = check_code(*set_up, typed, now, enrolment);
    if (outcome.answer != CodeProven::proven) return outcome;
    set_up->stage = rules::set_up_step(rules::SetUpKind::app, set_up->stage, rules::SetUpEvent::code_right);
    set_up->step = enrolment.verdict.step;
    set_up->drift = enrolment.verdict.drift;
    keep_app_set_up(tx, world, holder, *set_up);
    return outcome;
}

/// The change itself and all that follows.
void put_in_force(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const AppSetUp& set_up,
                  store::CredentialSet& credentials, FactorId id, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    using policy::holds::Cause;
    const Cause cause = set_up.moving ? Cause::factor_changed : Cause::factor_added;
    proof::hold_value(tx, world, credentials, cause, now);
    const auto before = credentials.totp_apps(tx, world.keys);
    credentials.add_totp_app(world.keys, id, set_up.key, set_up.step, set_up.drift, now);
    for (const store::TotpApp& old : before)
        if (set_up.moving) ask_end_of_old_app(tx, world, holder, account, credentials, old.id, now);
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, set_up.moving ? "app_moved" : "app_added", holder.asker, now);
    auto facts = proof::facts_of(holder.asker, now);
    facts.emplace_back("change", set_up.moving ? "moved" : "added");
    proof::tell(tx, world, policy::notices::Kind::app_added, account, credentials, facts, now);
}

FinishOutcome settle_finish(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                            std::string_view typed, FactorId id)
{
    const Instant now = world.clock.now();
    const auto set_up = find_app_set_up(tx, world, holder, now);
    if (!set_up || !proof::is_in_force(tx, world, holder)) return {};
    FinishOutcome outcome{Finished::not_now, AddVerdict::allowed, set_up->moving};
    if (rules::set_up_step(rules::SetUpKind::app, set_up->stage, rules::SetUpEvent::backup_proven) !=
        SetUp::finished)
        return outcome;
    outcome.answer = Finished::wrong;
    if (!is_last_part(crypto::key_text(set_up->key), typed, Spelling::base32, key_proof_characters))
        return outcome;
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    outcome.answer = Finished::over;
    if (credentials.state() != store::AccountState::active) return outcome;
    // Who approved was judged when the step-up was spent; how many apps there are may have changed since.
    outcome.verdict =
        verdict_of(set_up->moving ? Change::move : Change::add, facts_of(holder, credentials, false));
    if (outcome.verdict != AddVerdict::allowed) {
        outcome.answer = Finished::refused;
        return outcome;
    }
    if (!take_app_set_up(tx, holder)) return outcome;
    put_in_force(tx, world, holder, *set_up, credentials, id, now);
    outcome.answer = Finished::in_force;
    return outcome;
}

}  // namespace

AddVerdict judge_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder, Change change,
                     const store::CredentialSet& credentials, Instant now)
{
    const auto apps = credentials.totp_apps(tx, world.keys);
    const bool all_young =
        std::ranges::all_of(apps, [now](const store::TotpApp& app) { return is_young(app, now); });
    return verdict_of(change, facts_of(holder, credentials, all_young));
}

Task<AddVerdict> may_change_app(proof::World& world, proof::Holder holder, Change change)
{
    auto work = [&world, &holder, change](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        return judge_app(tx, world, holder, change, credentials, world.clock.now());
    };
    co_return co_await world.database.transact(work);
}

AddVerdict begin_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder, Change change,
                     const store::CredentialSet& credentials, const Secret& key, Instant now)
{
    const auto apps = credentials.totp_apps(tx, world.keys);
    const bool old_approved = std::ranges::any_of(
        apps, [now](const store::TotpApp& app) { return app.used_at == now && !is_young(app, now); });
    const auto verdict = verdict_of(change, facts_of(holder, credentials, !old_approved));
    if (verdict != AddVerdict::allowed) return verdict;
    const bool moving = change == Change::move && !apps.empty();
    keep_app_set_up(tx, world, holder, {holder.account, moving, SetUp::shown, key.duplicate(), 0, 0, now});
    return verdict;
}

Task<std::optional<OpenAppSetUp>> find_app(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) -> std::optional<OpenAppSetUp> {
        auto set_up = find_app_set_up(tx, world, holder, world.clock.now());
        if (!set_up) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        return OpenAppSetUp{std::move(*set_up), credentials.primary_address().address()};
    };
    co_return co_await world.database.transact(work);
}

Task<CodeOutcome> prove_app_code(proof::World& world, proof::Holder holder, std::string typed)
{
    auto work = [&world, &holder, &typed](db::Tx& tx) { return settle_code(tx, world, holder, typed); };
    co_return co_await world.database.transact(work);
}

Task<FinishOutcome> finish_app(proof::World& world, proof::Holder holder, std::string typed)
{
    const auto id = world.random.id<FactorId>(world.clock.now());
    auto work = [&world, &holder, &typed, id](db::Tx& tx) {
        return settle_finish(tx, world, holder, typed, id);
    };
    const auto outcome = co_await world.database.transact(work);
    wipe_text(typed);
    if (outcome.answer == Finished::in_force) world.mail_is_waiting();
    co_return outcome;
}

Task<void> cancel_app(proof::World& world, proof::Holder holder)
{
    auto work = [&holder](db::Tx& tx) { return take_app_set_up(tx, holder); };
    co_await world.database.transact(work);
}

}  // namespace sallyport::factors
