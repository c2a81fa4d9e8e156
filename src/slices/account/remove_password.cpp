#include "slices/account/remove_password.h"

#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/removals.h"

namespace sallyport::account {

namespace {

namespace changes = policy::changes;

struct Judged {
    RemoveAnswer answer;
    Duration wait{};
};

/// By both laws: whether it may go, and how long a change waits.
Judged judge(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
             const store::CredentialSet& credentials, bool approved, Instant now)
{
    const auto factors = proof::strong_factors_of(tx, world, credentials, credentials.passkeys(tx), now);
    const auto facts = proof::removal_facts(tx, world, actor, credentials, factors, approved, now);
    const auto answer = policy::passkeys::may_remove_password(facts);
    if (answer != RemoveAnswer::waits && answer != RemoveAnswer::waits_long) return {answer};
    const auto asked = proof::judge_change(credentials,
                                           {.kind = changes::Kind::remove_password,
                                            .session = facts.session,
                                            .account_highest = facts.account_highest,
                                            .stepped_up = facts.stepped_up,
                                            .approver_young = facts.approver_young,
                                            .browser_settled = facts.browser_settled},
                                           now);
    if (asked.answer != changes::AskAnswer::waits) return {RemoveAnswer::leaving_already};
    return {answer, asked.wait};
}

}  // namespace

Task<PasswordState> read_password_state(proof::World& world, proof::Holder actor)
{
    auto work = [&world, &actor](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
        PasswordState state;
        state.there = credentials.password().has_value();
        const auto passkeys = credentials.passkey_counts();
        state.has_passkey = passkeys.synced + passkeys.bound > 0;
        const Instant now = world.clock.now();
        const auto judged = judge(tx, world, actor, credentials, false, now);
        state.may_remove = judged.answer;
        state.wait = judged.wait;
        state.leaving = proof::waiting_change(tx, world, credentials, proof::password_subject, now);
        return state;
    };
    co_return co_await world.database.transact(std::move(work));
}

RemoveAnswer ask_password_removal(db::Tx& tx, const proof::World& world, const proof::Holder& actor,
                                  const store::Account& account, store::CredentialSet& credentials,
                                  Instant now)
{
    const auto judged = judge(tx, world, actor, credentials, true, now);
    if (judged.answer != RemoveAnswer::waits && judged.answer != RemoveAnswer::waits_long)
        return judged.answer;
    const auto change = proof::ask_change(tx, world, credentials, changes::Kind::remove_password,
                                          std::string(proof::password_subject), {}, {}, judged.wait, now);
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, account.id, "password_removal_asked", actor.asker, now);
    proof::tell_asked(tx, world, account, credentials, change, actor.asker, {}, now);
    return judged.answer;
}

}  // namespace sallyport::account
