#include "slices/reset/confirm_code.h"

#include "base/text.h"
#include "proof/effects.h"
#include "store/accounts.h"
#include "store/budgets.h"

namespace sallyport::reset {

namespace {

namespace rules = policy::reset;
namespace challenge = policy::challenge;

constexpr Duration day = std::chrono::hours{24};

bool is_code(const Progress& progress, std::string_view digits)
{
    return equal_constant_time(as_bytes(digits), as_bytes(progress.code));
}

/// Before a try is charged. An answer of `wrong` means that a try may be made.
ConfirmOutcome look(const std::optional<Found>& own, Instant now)
{
    ConfirmOutcome outcome;
    if (!own) return outcome;
    const Progress& progress = own->progress;
    outcome.tries_left = challenge::tries_left(progress.challenge, code_limits);
    if (progress.stage != rules::Stage::code) {
        outcome.answer = Confirmed::moved;
        return outcome;
    }
    switch (challenge::may_try({progress.challenge, true, true, true}, now, code_limits)) {
    case challenge::Answer::right:
    case challenge::Answer::wrong: outcome.answer = Confirmed::wrong; break;
    case challenge::Answer::expired: outcome.answer = Confirmed::expired; break;
    case challenge::Answer::spent: outcome.answer = Confirmed::spent; break;
    case challenge::Answer::other_account:
    case challenge::Answer::other_purpose:
    case challenge::Answer::other_browser:
    case challenge::Answer::used: break;
    }
    return outcome;
}

/// Whoever reads the mailbox gets a few tries of their own at the strong factor, as by a mailed pass and from
/// the same count of a day (docs/decisions/passes-are-counted-by-network.md): so no stranger keeps them out.
Task<bool> open_pass(proof::World& world, std::string owner_key)
{
    const store::BudgetKey key{store::BudgetKind::passes_opened, world.keys.index.of("tries", owner_key)};
    const auto opened = co_await store::charge_in_window(world.database, key, world.throttle.passes_a_day_max,
                                                         day, world.clock.now());
    co_return opened.has_value();
}

/// The code was right: every address hears that somebody is here.
ConfirmOutcome settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Found& read,
                      std::string_view digits, bool has_pass)
{
    const Instant now = world.clock.now();
    auto own = find(tx, world, read.purpose, read.secret, now);
    ConfirmOutcome outcome = look(own, now);
    if (outcome.answer == Confirmed::over || outcome.answer == Confirmed::moved) return outcome;
    outcome.answer = Confirmed::wrong;
    if (!is_code(own->progress, digits)) return outcome;  // a newer code was mailed meanwhile
    const auto credentials = store::CredentialSet::load(tx, world.keys, own->progress.account);
    const auto step = rules::step(facts_of(*own, credentials), rules::Event::code_right, now, limits);
    if (step.answer != rules::Answer::moved) {
        end(tx, *own);
        outcome.answer = Confirmed::over;
        return outcome;
    }
    own->progress.stage = step.stage;
    own->progress.has_pass = has_pass;
    wipe_text(own->progress.code);
    own->progress.code.clear();
    save(tx, world, *own);
    outcome.answer = Confirmed::moved;
    if (read.purpose != Purpose::reset) return outcome;
    const auto account = store::load_account(tx, world.keys, credentials.account());
    proof::tell(tx, world, policy::notices::Kind::reset_asked, account, credentials,
                proof::facts_of(asker, now), now);
    proof::note(tx, world, account.id, "reset_begun", asker, now);
    return outcome;
}

}  // namespace

Task<ConfirmOutcome> confirm_code(proof::World& world, proof::Asker asker, Purpose purpose,
                                  store::TokenHash secret, std::string typed)
{
    const auto digits = typed_digits(typed);
    wipe_text(typed);
    const auto found = co_await read_progress(world, purpose, secret);
    ConfirmOutcome outcome = look(found, world.clock.now());
    if (outcome.answer != Confirmed::wrong) co_return outcome;
    if (!digits || digits->size() != static_cast<std::size_t>(code_limits.digits)) {
        outcome.answer = Confirmed::malformed;
        co_return outcome;
    }
    const bool charged = co_await store::charge_mailed_code(
        world.database, secret, std::string(name_of(purpose)), code_limits.tries_max);
    if (!charged) {
        outcome.answer = Confirmed::spent;
        co_return outcome;
    }
    --outcome.tries_left;
    if (!is_code(found->progress, *digits)) co_return outcome;
    std::string owner = found->progress.email.key();
    const bool has_pass = co_await open_pass(world, std::move(owner));
    auto work = [&world, asker, &found, digits, has_pass](db::Tx& tx) {
        return settle(tx, world, asker, *found, *digits, has_pass);
    };
    const auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

}  // namespace sallyport::reset
