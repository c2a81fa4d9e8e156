#include "slices/sign_up/choose_password.h"

#include "crypto/totp.h"
#include "proof/passwords.h"
#include "proof/words.h"
#include "slices/sign_up/progress.h"

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

/// Whether a password is awaited in this browser, and whose it would be.
struct Awaited {
    PasswordOutcome outcome;
    std::optional<Email> email;
};

Awaited look(const std::optional<Found>& own)
{
    Awaited awaited;
    if (!own) return awaited;
    awaited.outcome.stage = own->progress.stage;
    awaited.outcome.answer =
        own->proven() && own->progress.stage == rules::Stage::password ? Chosen::accepted : Chosen::not_now;
    awaited.email = own->progress.email;
    return awaited;
}

Task<Awaited> read(proof::World& world, store::TokenHash secret)
{
    auto work = [&world, secret](db::Tx& tx) { return look(find(tx, world, secret, world.clock.now())); };
    co_return co_await world.database.transact(std::move(work));
}

/// Nothing is known yet but the address; the last passwords are none.
Task<PasswordOutcome> judge(proof::World& world, Awaited awaited, Secret password)
{
    PasswordOutcome outcome = awaited.outcome;
    if (outcome.answer != Chosen::accepted) co_return outcome;
    proof::PasswordOwner owner{awaited.email, {}, world.second_factor_mandatory};
    std::vector<store::StoredHash> none;
    const auto judgement =
        co_await proof::judge_new(world, std::move(password), std::move(owner), std::move(none));
    if (judgement.refusal) {
        outcome.answer = Chosen::refused;
        outcome.refusal = judgement.refusal;
    } else if (judgement.busy_seconds) {
        outcome.answer = Chosen::busy;
        outcome.busy_seconds = *judgement.busy_seconds;
    }
    co_return outcome;
}

}  // namespace

Task<PasswordOutcome> judge_password(proof::World& world, store::TokenHash secret, Secret password)
{
    auto awaited = co_await read(world, secret);
    co_return co_await judge(world, std::move(awaited), std::move(password));
}

Task<PasswordOutcome> choose_password(proof::World& world, store::TokenHash secret, Secret password,
                                      std::string language)
{
    auto awaited = co_await read(world, secret);
    Secret typed = password.duplicate();
    auto outcome = co_await judge(world, std::move(awaited), std::move(typed));
    if (outcome.answer != Chosen::accepted) co_return outcome;
    const auto hashed = co_await proof::hash_password(world, std::move(password));
    if (!hashed.hash) {
        outcome.answer = Chosen::busy;
        outcome.busy_seconds = hashed.busy_seconds;
        co_return outcome;
    }
    // The app's page comes next: its key is made now, after the mailed code was right and not before.
    const Secret app_key = crypto::new_totp_secret(world.random);
    const std::string words = proof::generate_words(world.random, language);
    auto work = [&world, secret, &hashed, &app_key, words](db::Tx& tx) {
        auto own = find(tx, world, secret, world.clock.now());
        PasswordOutcome kept = look(own).outcome;
        if (kept.answer != Chosen::accepted) return kept;
        const auto step =
            rules::step(facts_of(*own, world), rules::Event::password_accepted, world.clock.now(), limits);
        if (step.answer != rules::Answer::moved) {
            kept.answer = Chosen::not_now;
            return kept;
        }
        own->progress.stage = kept.stage = step.stage;
        own->progress.password = hashed.hash;
        own->progress.app_key = app_key.duplicate();
        own->progress.words = words;
        save(tx, world, *own, true);
        return kept;
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_up
