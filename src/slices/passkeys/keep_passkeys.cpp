#include "slices/passkeys/keep_passkeys.h"

#include "base/text.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/removals.h"

#include <algorithm>

namespace sallyport::passkeys {

namespace {

namespace rules = policy::passkeys;

constexpr rules::Limits limits;
struct Judged {
    RemoveAnswer answer;
    Duration wait{};
};

/// By both laws: what may go, and how long a change waits. `approved`: the step-up was given; before it, its
/// age is not known.
Judged judge(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
             const store::CredentialSet& credentials, const std::vector<store::Passkey>& passkeys,
             std::size_t which, bool approved, Instant now)
{
    const auto factors = proof::strong_factors_of(tx, world, credentials, passkeys, now);
    const auto facts = proof::removal_facts(tx, world, holder, credentials, factors, approved, now);
    const auto answer = rules::may_remove_factor(facts, which, world.methods);
    if (answer != RemoveAnswer::waits && answer != RemoveAnswer::waits_long) return {answer};
    const auto asked = proof::judge_change(credentials,
                                           {.kind = policy::changes::Kind::remove_passkey,
                                            .session = facts.session,
                                            .account_highest = facts.account_highest,
                                            .stepped_up = facts.stepped_up,
                                            .approver_young = facts.approver_young,
                                            .browser_settled = facts.browser_settled},
                                           now);
    if (asked.answer != policy::changes::AskAnswer::waits) return {RemoveAnswer::leaving_already};
    return {answer, asked.wait};
}

}  // namespace

Task<Shown> show(proof::World& world, proof::Holder holder)
{
    auto work = [&world, &holder](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        Shown shown{{}, may_add(holder, credentials), credentials.primary_address().address()};
        for (store::Passkey& passkey : credentials.passkeys(tx)) {
            auto leaving =
                proof::waiting_change(tx, world, credentials, passkey.id.text(), world.clock.now());
            shown.passkeys.push_back({std::move(passkey), std::move(leaving)});
        }
        return shown;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<Renamed> rename(proof::World& world, proof::Holder holder, FactorId passkey, std::string name)
{
    const auto letters = static_cast<std::int64_t>(count_code_points(name));
    if (letters == 0 || letters > limits.name_code_points_max) co_return Renamed::name_wrong;
    auto work = [&world, &holder, passkey, &name](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        const auto held = credentials.passkeys(tx);
        if (std::ranges::find(held, passkey, &store::Passkey::id) == held.end()) return Renamed::unknown;
        if (!policy::may(holder.level, policy::Deed::change_security_setting,
                         proof::highest_level_of(credentials)))
            return Renamed::needs_level;
        credentials.rename_passkey(passkey, name);
        credentials.save(tx, world.keys, world.clock.now());
        return Renamed::renamed;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<RemoveFound> may_remove(proof::World& world, proof::Holder holder, FactorId passkey)
{
    auto work = [&world, &holder, passkey](db::Tx& tx) -> RemoveFound {
        const Instant now = world.clock.now();
        const auto credentials = store::CredentialSet::load(tx, world.keys, holder.account);
        const auto held = credentials.passkeys(tx);
        const auto at = std::ranges::find(held, passkey, &store::Passkey::id);
        if (at == held.end()) return {};
        const auto which = static_cast<std::size_t>(at - held.begin());
        const auto judged = judge(tx, world, holder, credentials, held, which, false, now);
        return {*at, judged.answer, judged.wait};
    };
    co_return co_await world.database.transact(std::move(work));
}

RemoveAnswer ask_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::Account& account, store::CredentialSet& credentials, FactorId passkey,
                         Instant now)
{
    const auto held = credentials.passkeys(tx);
    const auto at = std::ranges::find(held, passkey, &store::Passkey::id);
    if (at == held.end()) return RemoveAnswer::leaving_already;
    const auto which = static_cast<std::size_t>(at - held.begin());
    const auto judged = judge(tx, world, holder, credentials, held, which, true, now);
    const auto answer = judged.answer;
    if (answer != RemoveAnswer::waits && answer != RemoveAnswer::waits_long) return answer;
    const auto change = proof::ask_change(tx, world, credentials, policy::changes::Kind::remove_passkey,
                                          passkey.text(), at->name, {}, judged.wait, now);
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, account.id, "passkey_removal_asked", holder.asker, now, at->name);
    proof::tell_asked(tx, world, account, credentials, change, holder.asker, {{"name", at->name}}, now);
    return answer;
}

}  // namespace sallyport::passkeys
