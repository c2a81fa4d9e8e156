#include "slices/factors/make_kit.h"

#include "crypto/totp.h"
#include "proof/approver.h"
#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/reminders.h"
#include "slices/factors/saved_part.h"
#include "store/accounts.h"

#include <algorithm>

namespace sallyport::factors {

namespace {

namespace rules = policy::factors;
using rules::AddVerdict;

constexpr rules::Limits limits;

struct Ready {
    KitAnswer answer = KitAnswer::over;
};

/// Whether codes are still to be made: `not_now` means that they are.
Ready look(db::Tx& tx, const proof::World& world, const proof::Holder& holder)
{
    const auto set_up = find_kit_set_up(tx, world, holder, world.clock.now());
    if (!set_up) return {KitAnswer::over};
    return {set_up->printed.empty() ? KitAnswer::not_now : KitAnswer::done};
}

/// Keeps the codes, unless a parallel request was first: what was shown once stays what is shown.
KitOutcome keep_codes(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                      const proof::NewKit& kit)
{
    auto set_up = find_kit_set_up(tx, world, holder, world.clock.now());
    if (!set_up) return {};
    if (set_up->printed.empty()) {
        for (const Secret& code : kit.printed) set_up->printed.push_back(code.duplicate());
        set_up->hashes = kit.hashes;
        keep_kit_set_up(tx, world, holder, *set_up);
    }
    return {KitAnswer::done, 0, 0, AddVerdict::allowed};
}

KitOutcome settle_asked(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        std::uint32_t drawn)
{
    auto set_up = find_kit_set_up(tx, world, holder, world.clock.now());
    if (!set_up) return {};
    KitOutcome outcome{KitAnswer::not_now, 0, 0, AddVerdict::allowed};
    if (set_up->printed.empty()) return outcome;
    set_up->asked = std::int64_t{drawn} + 1;
    keep_kit_set_up(tx, world, holder, *set_up);
    outcome.answer = KitAnswer::done;
    outcome.asked = set_up->asked;
    return outcome;
}

/// The change itself and all that follows.
void put_in_force(db::Tx& tx, const proof::World& world, const proof::Holder& holder, const KitSetUp& set_up,
                  store::CredentialSet& credentials, const std::vector<FactorId>& ids, Instant now)
{
    const auto account = store::load_account(tx, world.keys, holder.account);
    proof::end_cases(tx, world, credentials, policy::roads::Happening::kit_made, now);
    proof::hold_value(tx, world, credentials, policy::holds::Cause::kit_made, now);
    credentials.set_kit(set_up.kit, ids, set_up.hashes, now);
    proof::await_old_kit(tx, holder.account, now);
    store::note_hash_parameters(tx, world.hash_parameters);
    credentials.save(tx, world.keys, now);
    proof::end_by(tx, policy::sessions::Event::factor_changed, holder.account, holder.session, now);
    proof::note(tx, world, holder.account, "kit_made", holder.asker, now);
    proof::tell(tx, world, policy::notices::Kind::kit_made, account, credentials,
                proof::facts_of(holder.asker, now), now);
}

KitOutcome settle_finish(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         std::string_view typed, const std::vector<FactorId>& ids)
{
    const Instant now = world.clock.now();
    const auto set_up = find_kit_set_up(tx, world, holder, now);
    if (!set_up || !proof::is_in_force(tx, world, holder)) return {};
    KitOutcome outcome{KitAnswer::not_now, set_up->asked, 0, AddVerdict::allowed};
    if (set_up->asked == 0) return outcome;
    outcome.answer = KitAnswer::wrong;
    const Secret& code = set_up->printed[static_cast<std::size_t>(set_up->asked - 1)];
    if (!is_last_part(code, typed, Spelling::crockford, code_proof_characters)) return outcome;
    auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
    outcome.answer = KitAnswer::over;
    if (credentials.state() != store::AccountState::active) return outcome;
    outcome.verdict = judge_kit(holder, credentials, proof::oldest_factor_since(tx, world, credentials), now);
    if (outcome.verdict != AddVerdict::allowed) {
        outcome.answer = KitAnswer::refused;
        return outcome;
    }
    if (!take_kit_set_up(tx, holder)) return outcome;
    put_in_force(tx, world, holder, *set_up, credentials, ids, now);
    outcome.answer = KitAnswer::done;
    return outcome;
}

}  // namespace

AddVerdict judge_kit(const proof::Holder& holder, const store::CredentialSet& credentials,
                     std::optional<Instant> approver_since, Instant now)
{
    rules::AddFacts facts;
    facts.session = holder.level;
    facts.apps = static_cast<std::int64_t>(credentials.totp_app_count());
    facts.account_highest = proof::highest_level_of(credentials);
    facts.stepped_up = true;
    facts.approver_young = !approver_since || rules::is_young(*approver_since, now, limits);
    rules::KitFacts old_kit;
    const auto kit = credentials.kit();
    old_kit.codes_left = kit ? static_cast<std::int64_t>(kit->codes.size()) : 0;
    old_kit.older_than_approver = kit && (!approver_since || kit->created_at < *approver_since);
    return rules::may_make_kit(facts, old_kit);
}

AddVerdict begin_kit(db::Tx& tx, const proof::World& world, const proof::Holder& holder, KitId kit,
                     const store::CredentialSet& credentials, Instant now)
{
    const auto verdict =
        judge_kit(holder, credentials, proof::approver_since(tx, world, credentials, now), now);
    if (verdict == AddVerdict::allowed)
        keep_kit_set_up(tx, world, holder, {holder.account, kit, now, 0, {}, {}});
    return verdict;
}

Task<KitOutcome> make_codes(proof::World& world, proof::Holder holder)
{
    auto read = [&world, &holder](db::Tx& tx) { return look(tx, world, holder); };
    const auto ready = co_await world.database.transact(read);
    KitOutcome outcome;
    outcome.answer = ready.answer;
    if (ready.answer != KitAnswer::not_now) co_return outcome;
    const auto kit = co_await proof::make_kit(world, holder.account);
    if (kit.busy_seconds) {
        outcome.answer = KitAnswer::busy;
        outcome.busy_seconds = *kit.busy_seconds;
        co_return outcome;
    }
    auto work = [&world, &holder, &kit](db::Tx& tx) { return keep_codes(tx, world, holder, kit); };
    co_return co_await world.database.transact(work);
}

Task<std::optional<OpenKitSetUp>> find_new_kit(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) -> std::optional<OpenKitSetUp> {
        auto set_up = find_kit_set_up(tx, world, holder, world.clock.now());
        if (!set_up) return std::nullopt;
        OpenKitSetUp open{std::move(*set_up), {}};
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        auto apps = credentials.totp_apps(tx, world.keys);
        std::ranges::sort(apps, std::ranges::greater{}, &store::TotpApp::created_at);
        for (const store::TotpApp& app : apps) open.app_keys.push_back(crypto::key_text(app.secret));
        return open;
    };
    co_return co_await world.database.transact(work);
}

Task<KitOutcome> ask_for_code(proof::World& world, proof::Holder holder)
{
    const std::uint32_t drawn = world.random.below(static_cast<std::uint32_t>(limits.codes_a_kit));
    auto work = [&world, &holder, drawn](db::Tx& tx) { return settle_asked(tx, world, holder, drawn); };
    co_return co_await world.database.transact(work);
}

Task<KitOutcome> finish_kit(proof::World& world, proof::Holder holder, std::string typed)
{
    const Instant now = world.clock.now();
    std::vector<FactorId> ids;
    for (std::int64_t i = 0; i < limits.codes_a_kit; ++i) ids.push_back(world.random.id<FactorId>(now));
    auto work = [&world, &holder, &typed, &ids](db::Tx& tx) {
        return settle_finish(tx, world, holder, typed, ids);
    };
    const auto outcome = co_await world.database.transact(work);
    wipe_text(typed);
    if (outcome.answer == KitAnswer::done) world.mail_is_waiting();
    co_return outcome;
}

Task<void> cancel_kit(proof::World& world, proof::Holder holder)
{
    auto work = [&holder](db::Tx& tx) { return take_kit_set_up(tx, holder); };
    co_await world.database.transact(work);
}

}  // namespace sallyport::factors
