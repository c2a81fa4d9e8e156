#include "slices/sign_up/confirm_address.h"

#include "base/text.h"
#include "slices/sign_up/progress.h"
#include "store/accounts.h"

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

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
    outcome.stage = progress.stage;
    outcome.tries_left = rules::tries_left(progress.challenge, limits);
    outcome.next_at = rules::send_code(progress.challenge, now, limits).next_send_at;
    if (own->proven()) {
        outcome.answer = Confirmed::moved;
        return outcome;
    }
    switch (rules::judge_code(progress.challenge, false, now, limits)) {
    case rules::CodeAnswer::right:
    case rules::CodeAnswer::wrong: outcome.answer = Confirmed::wrong; break;
    case rules::CodeAnswer::expired: outcome.answer = Confirmed::expired; break;
    case rules::CodeAnswer::spent: outcome.answer = Confirmed::spent; break;
    }
    return outcome;
}

/// The code was right: the address is this browser's. What another browser has begun there is wiped.
ConfirmOutcome settle(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                      std::string_view digits)
{
    const Instant now = world.clock.now();
    auto own = find(tx, world, secret, now);
    ConfirmOutcome outcome = look(own, now);
    if (outcome.answer == Confirmed::over || outcome.answer == Confirmed::moved) return outcome;
    if (!is_code(own->progress, digits)) {  // a newer code was mailed meanwhile
        outcome.answer = Confirmed::wrong;
        return outcome;
    }
    if (store::find_account(tx, own->row.email_key)) {
        store::take_sign_up(tx, secret);
        outcome.answer = Confirmed::has_account;
        return outcome;
    }
    auto other = find_other(tx, world, *own, now);
    rules::Facts facts = facts_of(*own, world);
    facts.own_browser = !other.has_value();
    if (other) facts.row.stage = other->progress.stage;
    const rules::Step step = rules::step(facts, rules::Event::code_right, now, limits);
    if (step.answer != rules::Answer::moved) {
        outcome.answer = Confirmed::over;
        return outcome;
    }
    for (; other; other = find_other(tx, world, *own, now)) store::take_sign_up(tx, other->row.secret_hash);
    own->progress.stage = step.stage;
    wipe_text(own->progress.code);
    own->progress.code.clear();
    save(tx, world, *own, step.bind_browser);
    outcome.answer = Confirmed::moved;
    outcome.stage = step.stage;
    return outcome;
}

}  // namespace

Task<ConfirmOutcome> confirm_address(proof::World& world, store::TokenHash secret, std::string typed)
{
    const auto digits = typed_digits(typed);
    wipe_text(typed);
    struct Before {
        ConfirmOutcome outcome;
        bool right = false;
    };
    auto read = [&world, secret, digits](db::Tx& tx) {
        const auto own = find(tx, world, secret, world.clock.now());
        return Before{look(own, world.clock.now()), own && digits && is_code(own->progress, *digits)};
    };
    const auto before = co_await world.database.transact(std::move(read));
    ConfirmOutcome outcome = before.outcome;
    if (outcome.answer != Confirmed::wrong) co_return outcome;
    if (!digits || digits->size() != code_digits) {
        outcome.answer = Confirmed::malformed;
        co_return outcome;
    }
    const bool charged = co_await store::charge_sign_up(world.database, secret, limits.code_tries_max);
    if (!charged) {
        outcome.answer = Confirmed::spent;
        co_return outcome;
    }
    --outcome.tries_left;
    if (!before.right) co_return outcome;
    auto work = [&world, secret, digits](db::Tx& tx) { return settle(tx, world, secret, *digits); };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_up
