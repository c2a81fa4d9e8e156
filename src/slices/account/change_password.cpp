#include "slices/account/change_password.h"

#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/passwords.h"

namespace sallyport::account {

namespace {

proof::PasswordOwner owner_of(const Ground& ground)
{
    proof::PasswordOwner owner{ground.email, {}, ground.has_second_factor};
    if (!ground.words.empty()) owner.words.push_back(ground.words);
    return owner;
}

std::vector<store::StoredHash> earlier_of(const Ground& ground)
{
    std::vector<store::StoredHash> earlier;
    if (ground.password) earlier.push_back(*ground.password);
    earlier.insert(earlier.end(), ground.old_passwords.begin(), ground.old_passwords.end());
    return earlier;
}

}  // namespace

Task<PreparedPassword> prepare_password(proof::World& world, proof::Holder actor, Secret password)
{
    PreparedPassword prepared;
    const auto ground = co_await read_ground(world, actor);
    if (!ground.allowed) {
        prepared.hindrance.level_too_low = true;
        co_return prepared;
    }
    const proof::PasswordOwner owner = owner_of(ground);
    Secret typed = password.duplicate();
    const auto typed_refusal = co_await proof::judge_typed(world, std::move(typed), owner);
    prepared.refusal = typed_refusal;
    if (prepared.refusal) co_return prepared;

    const auto charged = co_await charge_guess(world, actor.asker, ground.attempt);
    prepared.hindrance = charged.hindrance;
    if (!charged.charge) co_return prepared;
    Secret compared = password.duplicate();
    std::vector<store::StoredHash> earlier = earlier_of(ground);
    const auto judged = co_await proof::judge_new(world, std::move(compared), owner, std::move(earlier));
    prepared.refusal = judged.refusal;
    prepared.hindrance.busy_seconds = judged.busy_seconds;
    if (prepared.refusal) co_return prepared;
    if (!prepared.hindrance.busy_seconds) {
        auto hashed = co_await proof::hash_password(world, std::move(password));
        if (hashed.hash) {
            // The try stays charged until the proof: that it is another password has been told by now.
            prepared.payload = RecordWriter(change_password_purpose)
                                   .text(hashed.hash->phc)
                                   .number(hashed.hash->pepper)
                                   .take_secret();
            co_return prepared;
        }
        prepared.hindrance.busy_seconds = hashed.busy_seconds;
    }
    co_await proof::give_back(world, *charged.charge);
    co_return prepared;
}

Task<TypedVerdict> check_typed_password(proof::World& world, proof::Holder actor, Secret password)
{
    TypedVerdict verdict;
    const store::BudgetKey key{store::BudgetKind::password_checks,
                               world.keys.index.of("password-checks", actor.session)};
    const Instant now = world.clock.now();
    const auto counted = co_await store::charge_in_window(world.database, key, password_checks_max,
                                                          password_checks_window, now);
    if (!counted) {
        verdict.limited = true;
        co_return verdict;
    }
    const auto ground = co_await read_ground(world, actor);
    verdict.least = policy::passwords::least_length(ground.has_second_factor, world.passwords);
    proof::PasswordOwner owner = owner_of(ground);
    const auto refusal = co_await proof::judge_typed(world, std::move(password), std::move(owner));
    verdict.refusal = refusal;
    co_return verdict;
}

void apply_password(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                    const store::Account& account, store::CredentialSet& credentials, RecordReader& payload,
                    Instant now)
{
    std::string phc = payload.text();
    const store::StoredHash hash{std::move(phc), payload.number()};
    payload.end();
    const auto old = credentials.password();
    // Where there was none, it is one more way in: value waits, as for any factor that is added.
    using policy::holds::Cause;
    proof::hold_value(tx, world, credentials, old ? Cause::password_changed : Cause::factor_added, now);
    credentials.set_password(world.random.id<FactorId>(now), hash, now);
    proof::keep_new_password(tx, credentials, now);
    credentials.save(tx, world.keys, now);
    if (old)
        store::remember_old_password(tx, account.id, world.random.id<FactorId>(now), *old, now,
                                     world.passwords.remembered);
    store::note_hash_parameters(tx, world.hash_parameters);
    proof::end_by(tx, policy::sessions::Event::password_changed, account.id, actor.session, now);
    using policy::notices::Kind;
    proof::tell(tx, world, old ? Kind::password_changed : Kind::password_added, account, credentials,
                proof::facts_of(actor.asker, now), now);
    proof::note(tx, world, account.id, old ? "password_changed" : "password_added", actor.asker, now);
}

}  // namespace sallyport::account
