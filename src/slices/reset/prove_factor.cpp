#include "slices/reset/prove_factor.h"

#include "base/text.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/tries.h"
#include "store/accounts.h"

#include <algorithm>

namespace sallyport::reset {

namespace {

namespace rules = policy::reset;

constexpr std::string_view passkey_purpose = "reset";

/// May a factor be shown here now?
Shown judge(const Found& found, const store::CredentialSet& credentials, Instant now)
{
    switch (rules::step(facts_of(found, credentials), rules::Event::factor_right, now, limits).answer) {
    case rules::Answer::moved: return Shown::moved;
    case rules::Answer::not_now: return Shown::not_now;
    case rules::Answer::other_account:
    case rules::Answer::other_browser:
    case rules::Answer::expired:
    case rules::Answer::over: break;
    }
    return Shown::over;
}

struct Ground {
    Shown answer = Shown::over;
    std::optional<AccountId> account;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::TokenHash& secret)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found) return ground;
    // The account of an unknown address is not there to be loaded.
    ground.answer = Shown::not_now;
    if (found->progress.stage != rules::Stage::factor) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    ground.answer = judge(*found, credentials, now);
    ground.account = credentials.account();
    ground.attempt.owner_key = found->progress.email.key();
    ground.attempt.known_browser = proof::knows_browser(tx, world, asker, credentials.account(), now);
    if (found->progress.has_pass) ground.attempt.pass = secret;
    return ground;
}

/// The row and its account, where a factor is awaited.
struct Open {
    Found found;
    store::CredentialSet credentials;
};
std::optional<Open> open_row(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                             Instant now)
{
    auto found = find(tx, world, Purpose::reset, secret, now);
    if (!found || found->progress.stage != rules::Stage::factor) return std::nullopt;
    auto credentials = store::CredentialSet::load(tx, world.keys, found->progress.account);
    if (judge(*found, credentials, now) != Shown::moved) return std::nullopt;
    return Open{std::move(*found), std::move(credentials)};
}

void move_on(db::Tx& tx, const proof::World& world, const proof::Asker& asker, Open& open, Proven proven,
             Instant now)
{
    CHECK(rules::suffices(proven.method));
    open.found.progress.stage = rules::Stage::password;
    open.found.progress.proven = proven;
    save(tx, world, open.found);
    proof::note(tx, world, open.credentials.account(), "reset_factor_shown", asker, now,
                std::to_string(static_cast<int>(proven.method)));
}

FactorOutcome answer(Shown shown)
{
    FactorOutcome outcome;
    outcome.answer = shown;
    return outcome;
}

Shown settle_app(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                 const store::TokenHash& secret, std::string_view typed, const proof::Charge& charge)
{
    const Instant now = world.clock.now();
    auto open = open_row(tx, world, secret, now);
    if (!open) return Shown::not_now;
    const auto outcome = proof::check_totp(tx, world, open->credentials, typed, now);
    if (outcome.answer == policy::factors::CodeAnswer::replayed) return Shown::replayed;
    if (outcome.answer != policy::factors::CodeAnswer::accepted) return Shown::wrong;
    proof::not_a_failure(tx, charge, now);
    move_on(tx, world, asker, *open, {policy::Method::totp, *outcome.app}, now);
    return Shown::moved;
}

}  // namespace

Task<std::optional<Factors>> find_factors(proof::World& world, store::TokenHash secret)
{
    auto work = [&world, secret](db::Tx& tx) -> std::optional<Factors> {
        const auto open = open_row(tx, world, secret, world.clock.now());
        if (!open) return std::nullopt;
        Factors factors{.email = open->found.progress.email};
        factors.app = open->credentials.totp_app_count() > 0;
        const auto passkeys = open->credentials.passkey_counts();
        factors.passkey = world.methods.passkey && passkeys.synced + passkeys.bound > 0;
        const auto kit = open->credentials.kit();
        factors.kit = kit && !kit->codes.empty();
        return factors;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<FactorOutcome> prove_app(proof::World& world, proof::Asker asker, store::TokenHash secret,
                              std::string typed)
{
    auto read = [&world, asker, secret](db::Tx& tx) { return read_ground(tx, world, asker, secret); };
    const auto ground = co_await world.database.transact(std::move(read));
    FactorOutcome outcome = answer(ground.answer);
    if (ground.answer != Shown::moved) co_return outcome;
    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        outcome.answer = Shown::wait;
        outcome.until = no_try->until;
        outcome.needs_pass = no_try->needs_pass;
        co_return outcome;
    }
    const proof::Charge charge = std::get<proof::Charge>(admission);
    auto work = [&world, asker, secret, &typed, charge](db::Tx& tx) {
        return settle_app(tx, world, asker, secret, typed, charge);
    };
    const auto shown = co_await world.database.transact(std::move(work));
    wipe_text(typed);
    outcome.answer = shown;
    co_return outcome;
}

Task<std::optional<PasskeyQuestion>> ask_passkey(proof::World& world, store::TokenHash secret)
{
    if (!world.methods.passkey) co_return std::nullopt;
    auto read = [&world, secret](db::Tx& tx) -> std::optional<std::vector<store::Passkey>> {
        const auto open = open_row(tx, world, secret, world.clock.now());
        if (!open) return std::nullopt;
        auto passkeys = open->credentials.passkeys(tx);
        std::erase_if(passkeys, [](const store::Passkey& passkey) { return !passkey.user_verified; });
        return passkeys;
    };
    auto passkeys = co_await world.database.transact(std::move(read));
    if (!passkeys || passkeys->empty()) co_return std::nullopt;
    co_return PasskeyQuestion{
        proof::make_passkey_challenge(world, passkey_purpose, secret, world.clock.now()),
        std::move(*passkeys)};
}

Task<FactorOutcome> prove_passkey(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                  std::string cookie, proof::PasskeyAnswer given)
{
    auto read = [&world, asker, secret](db::Tx& tx) { return read_ground(tx, world, asker, secret); };
    const auto ground = co_await world.database.transact(std::move(read));
    if (ground.answer != Shown::moved) co_return answer(ground.answer);
    if (!world.methods.passkey) co_return answer(Shown::wrong);
    auto expected = proof::expected_challenge(world, cookie, passkey_purpose, secret);
    const auto outcome = co_await proof::check_passkey(world, asker, policy::passkeys::Use::recovery,
                                                       std::move(expected), ground.account, std::move(given));
    if (!outcome.proof || !rules::suffices(outcome.proof->method)) co_return answer(Shown::wrong);
    const proof::PasskeyProof proof = *outcome.proof;
    auto work = [&world, asker, secret, proof](db::Tx& tx) {
        const Instant now = world.clock.now();
        auto open = open_row(tx, world, secret, now);
        if (!open) return Shown::not_now;
        if (!proof::use_passkey(tx, open->credentials, proof, asker, now)) return Shown::wrong;
        move_on(tx, world, asker, *open, {proof.method, proof.passkey}, now);
        return Shown::moved;
    };
    const auto shown = co_await world.database.transact(std::move(work));
    co_return answer(shown);
}

}  // namespace sallyport::reset
