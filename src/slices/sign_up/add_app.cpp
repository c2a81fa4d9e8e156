#include "slices/sign_up/add_app.h"

#include "base/text.h"
#include "proof/codes.h"
#include "slices/sign_up/progress.h"

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

constexpr std::size_t app_digits = 6;

struct Checked {
    AppOutcome outcome;
    std::int64_t step = 0;
    std::int64_t drift = 0;
    std::optional<AccountId> account;
};

Checked check(const std::optional<Found>& own, std::string_view typed, Instant now)
{
    Checked checked;
    if (!own) return checked;
    const Progress& progress = own->progress;
    checked.outcome.stage = progress.stage;
    checked.outcome.answer = AppProven::not_now;
    if (!own->proven() || progress.stage != rules::Stage::app) return checked;
    const auto digits = typed_digits(typed);
    if (!digits || digits->size() != app_digits) {
        checked.outcome.answer = AppProven::malformed;
        return checked;
    }
    const auto enrolment = proof::check_enrolment_code(progress.app_key, std::nullopt, typed, now);
    checked.outcome.answer = AppProven::wrong;
    checked.outcome.drift = enrolment.drift;
    if (enrolment.verdict.answer != policy::factors::CodeAnswer::accepted) return checked;
    checked.outcome.answer = AppProven::moved;
    checked.step = enrolment.verdict.step;
    checked.drift = enrolment.verdict.drift;
    checked.account = progress.account;
    return checked;
}

}  // namespace

Task<AppOutcome> prove_app(proof::World& world, store::TokenHash secret, std::string typed)
{
    const Instant now = world.clock.now();
    auto read = [&world, secret, typed, now](db::Tx& tx) {
        return check(find(tx, world, secret, now), typed, now);
    };
    const auto checked = co_await world.database.transact(std::move(read));
    AppOutcome outcome = checked.outcome;
    if (outcome.answer != AppProven::moved) co_return outcome;
    const auto kit = co_await proof::make_kit(world, *checked.account);
    if (kit.busy_seconds) {
        outcome.answer = AppProven::busy;
        outcome.busy_seconds = *kit.busy_seconds;
        co_return outcome;
    }
    const auto kit_id = world.random.id<KitId>(now);
    auto work = [&world, secret, typed, &kit, kit_id, now](db::Tx& tx) {
        auto own = find(tx, world, secret, now);
        // Once more: the key may be another one by now.
        const Checked again = check(own, typed, now);
        AppOutcome kept = again.outcome;
        if (kept.answer != AppProven::moved) return kept;
        const auto step = rules::step(facts_of(*own, world), rules::Event::app_code_right, now, limits);
        if (step.answer != rules::Answer::moved) {
            kept.answer = AppProven::not_now;
            return kept;
        }
        own->progress.stage = kept.stage = step.stage;
        own->progress.app_step = again.step;
        own->progress.app_drift = again.drift;
        own->progress.backup.emplace(backup_of(kit, kit_id, now));
        save(tx, world, *own, true);
        return kept;
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_up
