#include "slices/account/change_words.h"

#include "proof/effects.h"
#include "proof/words.h"

namespace sallyport::account {

Task<PreparedWords> prepare_words(proof::World& world, proof::Holder actor, std::string typed)
{
    PreparedWords prepared;
    const auto ground = co_await read_ground(world, actor);
    if (!ground.allowed) {
        prepared.hindrance.level_too_low = true;
        co_return prepared;
    }
    if (typed.empty()) {
        prepared.words = proof::generate_words(world.random, actor.asker.language);
        prepared.payload = RecordWriter(change_words_purpose).text(prepared.words).take_secret();
        co_return prepared;
    }
    const auto tidy = proof::tidy_words(typed);
    prepared.refusal = tidy ? proof::judge_words(world, *tidy, ground.email, ground.words)
                            : policy::words::Refusal::malformed;
    if (prepared.refusal) co_return prepared;

    const auto charged = co_await charge_guess(world, actor.asker, ground.attempt);
    prepared.hindrance = charged.hindrance;
    if (!charged.charge) co_return prepared;
    const auto verdict = co_await proof::compare_words(world, *tidy, ground.password);
    prepared.refusal = verdict.refusal;
    prepared.hindrance.busy_seconds = verdict.busy_seconds;
    if (prepared.hindrance.busy_seconds) {
        co_await proof::give_back(world, *charged.charge);
        co_return prepared;
    }
    if (prepared.refusal) co_return prepared;
    prepared.words = *tidy;
    prepared.payload = RecordWriter(change_words_purpose).text(prepared.words).take_secret();
    co_return prepared;
}

void apply_words(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                 const store::Account& account, const store::CredentialSet& credentials,
                 RecordReader& payload, Instant now)
{
    store::Account changed = account;
    changed.words = {payload.text(), account.words.now, now};
    payload.end();
    store::set_words(tx, world.keys, account.id, changed.words);
    proof::tell(tx, world, policy::notices::Kind::words_changed, changed, credentials,
                proof::facts_of(actor.asker, now), now);
    proof::note(tx, world, account.id, "words_changed", actor.asker, now);
}

}  // namespace sallyport::account
