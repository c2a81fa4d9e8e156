#include "slices/sign_up/make_passkey.h"

#include "proof/codes.h"
#include "proof/words.h"
#include "render/messages.h"
#include "slices/sign_up/progress.h"

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;
using policy::passkeys::RegistrationAnswer;

constexpr std::string_view purpose = "sign_up";

/// Whether a passkey is awaited in this browser, and for which account.
struct Awaited {
    PasskeyOutcome outcome;
    std::optional<AccountId> account;
};

Awaited look(const std::optional<Found>& own)
{
    Awaited awaited;
    if (!own) return awaited;
    awaited.outcome.stage = own->progress.stage;
    awaited.outcome.answer = own->proven() && own->progress.stage == rules::Stage::password
                                 ? PasskeyKept::moved
                                 : PasskeyKept::not_now;
    awaited.account = own->progress.account;
    return awaited;
}

PasskeyOutcome keep(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                    const store::Passkey& passkey, const Backup& backup, const std::string& words)
{
    const Instant now = world.clock.now();
    auto own = find(tx, world, secret, now);
    PasskeyOutcome kept = look(own).outcome;
    if (kept.answer != PasskeyKept::moved) return kept;
    const auto step = rules::step(facts_of(*own, world), rules::Event::passkey_made, now, limits);
    if (step.answer != rules::Answer::moved) {
        kept.answer = PasskeyKept::not_now;
        return kept;
    }
    own->progress.stage = kept.stage = step.stage;
    own->progress.passkey = passkey;
    own->progress.backup.emplace(copy_of(backup));
    own->progress.words = words;
    save(tx, world, *own, true);
    return kept;
}

}  // namespace

proof::PasskeyChallenge ask_for_passkey(const proof::World& world, const store::TokenHash& secret)
{
    return proof::make_passkey_challenge(world, purpose, secret, world.clock.now());
}

Task<PasskeyOutcome> make_passkey(proof::World& world, store::TokenHash secret, std::string cookie,
                                  proof::PasskeyMade made, std::string language)
{
    auto read = [&world, secret](db::Tx& tx) { return look(find(tx, world, secret, world.clock.now())); };
    const auto awaited = co_await world.database.transact(std::move(read));
    PasskeyOutcome outcome = awaited.outcome;
    if (outcome.answer != PasskeyKept::moved) co_return outcome;

    auto expected = proof::expected_challenge(world, cookie, purpose, secret);
    // The mailed code was right; there is no password beside it, so it must verify its user.
    const policy::passkeys::Registration facts{.entitled = true};
    const auto reads = render::language_of(language).value_or(render::Language::en);
    proof::PasskeyNames names{"", render::text(reads, render::Msg::passkeys_unnamed)};
    const auto checked = co_await proof::check_new_passkey(world, std::move(expected), std::move(made), facts,
                                                           std::move(names));
    outcome.why = checked.answer;
    outcome.answer = PasskeyKept::refused;
    if (!checked.passkey) co_return outcome;

    const auto kit = co_await proof::make_kit(world, *awaited.account);
    if (kit.busy_seconds) {
        outcome.answer = PasskeyKept::busy;
        outcome.busy_seconds = *kit.busy_seconds;
        co_return outcome;
    }
    const Instant now = world.clock.now();
    const Backup backup = backup_of(kit, world.random.id<KitId>(now), now);
    const std::string words = proof::generate_words(world.random, language);
    auto work = [&world, secret, &checked, &backup, &words](db::Tx& tx) {
        return keep(tx, world, secret, *checked.passkey, backup, words);
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::sign_up
