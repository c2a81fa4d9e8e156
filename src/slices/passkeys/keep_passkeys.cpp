#include "slices/passkeys/keep_passkeys.h"

#include "base/text.h"
#include "policy/factors.h"
#include "policy/sessions.h"
#include "proof/changes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/passkey_makers.h"
#include "store/known_browsers.h"

#include <algorithm>

namespace sallyport::passkeys {

namespace {

namespace rules = policy::passkeys;

constexpr rules::Limits limits;
constexpr policy::changes::Limits change_limits;
constexpr policy::factors::Limits factor_limits;

policy::Method method_of(const store::Passkey& passkey)
{
    if (!passkey.user_verified) return policy::Method::touched_key;
    return passkey.backup_eligible ? policy::Method::passkey : policy::Method::bound_passkey;
}

/// Every strong factor, passkeys first and in their order; and who approved at `now`.
struct Factors {
    std::vector<rules::Strong> strong;
    bool approver_young = true;
};

Factors factors_of(db::Tx& tx, const proof::World& world, const store::CredentialSet& credentials,
                   const std::vector<store::Passkey>& passkeys, Instant now)
{
    Factors factors;
    for (const store::Passkey& passkey : passkeys) {
        const bool young = policy::factors::is_young(passkey.created_at, now, factor_limits);
        factors.strong.push_back({method_of(passkey), proof::kept_in(passkey), young,
                                  proof::running_change(credentials, passkey.id.text()).has_value()});
        if (passkey.used_at == now && !young) factors.approver_young = false;
    }
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
        const bool young = policy::factors::is_young(app.created_at, now, factor_limits);
        factors.strong.push_back({policy::Method::totp, policy::roots::app(true), young,
                                  proof::running_change(credentials, app.id.text()).has_value()});
        if (app.used_at == now && !young) factors.approver_young = false;
    }
    return factors;
}

bool is_settled(db::Tx& tx, const proof::World& world, const Owner& owner, Instant now)
{
    const auto browser = store::find_browser(tx, world.keys, owner.asker.browser_tokens, owner.account);
    return policy::sessions::is_settled(browser ? std::optional(browser->known_since) : std::nullopt, now,
                                        world.sessions);
}

RemoveAnswer judge(db::Tx& tx, const proof::World& world, const Owner& owner,
                   const store::CredentialSet& credentials, const std::vector<store::Passkey>& passkeys,
                   std::size_t which, bool approved, Instant now)
{
    const Factors factors = factors_of(tx, world, credentials, passkeys, now);
    const rules::RemoveFacts facts{.session = owner.level,
                                   .account_highest = proof::highest_level_of(credentials),
                                   .stepped_up = true,
                                   .approver_young = approved && factors.approver_young,
                                   .browser_settled = is_settled(tx, world, owner, now),
                                   .has_password = credentials.password().has_value(),
                                   .factors = factors.strong};
    return rules::may_remove_factor(facts, which, world.methods);
}

Duration wait_of(RemoveAnswer answer)
{
    return answer == RemoveAnswer::waits_long ? change_limits.long_wait : change_limits.wait;
}

}  // namespace

Task<Shown> show(proof::World& world, Owner owner)
{
    auto work = [&world, &owner](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
        Shown shown{{}, may_add(owner, credentials)};
        for (store::Passkey& passkey : credentials.passkeys(tx)) {
            const auto change = proof::running_change(credentials, passkey.id.text());
            shown.passkeys.push_back({std::move(passkey),
                                      change ? std::optional(change->pending.due_at) : std::nullopt,
                                      change ? std::optional(change->id) : std::nullopt});
        }
        return shown;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<Renamed> rename(proof::World& world, Owner owner, FactorId passkey, std::string name)
{
    const auto letters = static_cast<std::int64_t>(count_code_points(name));
    if (letters == 0 || letters > limits.name_code_points_max) co_return Renamed::name_wrong;
    auto work = [&world, &owner, passkey, &name](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
        const auto held = credentials.passkeys(tx);
        if (std::ranges::find(held, passkey, &store::Passkey::id) == held.end()) return Renamed::unknown;
        if (!policy::may(owner.level, policy::Deed::change_security_setting,
                         proof::highest_level_of(credentials)))
            return Renamed::needs_level;
        credentials.rename_passkey(passkey, name);
        credentials.save(tx, world.keys, world.clock.now());
        return Renamed::renamed;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<RemoveFound> may_remove(proof::World& world, Owner owner, FactorId passkey)
{
    auto work = [&world, &owner, passkey](db::Tx& tx) -> RemoveFound {
        const Instant now = world.clock.now();
        const auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
        const auto held = credentials.passkeys(tx);
        const auto at = std::ranges::find(held, passkey, &store::Passkey::id);
        if (at == held.end()) return {};
        const auto which = static_cast<std::size_t>(at - held.begin());
        const auto answer = judge(tx, world, owner, credentials, held, which, false, now);
        return {*at, answer, wait_of(answer)};
    };
    co_return co_await world.database.transact(std::move(work));
}

RemoveAnswer ask_removal(db::Tx& tx, const proof::World& world, const Owner& owner,
                         const store::Account& account, store::CredentialSet& credentials, FactorId passkey,
                         Instant now)
{
    const auto held = credentials.passkeys(tx);
    const auto at = std::ranges::find(held, passkey, &store::Passkey::id);
    if (at == held.end()) return RemoveAnswer::leaving_already;
    const auto which = static_cast<std::size_t>(at - held.begin());
    const auto answer = judge(tx, world, owner, credentials, held, which, true, now);
    if (answer != RemoveAnswer::waits && answer != RemoveAnswer::waits_long) return answer;
    const auto change = proof::ask_change(tx, world, credentials, policy::changes::Kind::remove_passkey,
                                          passkey.text(), at->name, {}, wait_of(answer), now);
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, account.id, "passkey_removal_asked", owner.asker, now, at->name);
    auto facts = proof::facts_of(owner.asker, now);
    facts.emplace_back("name", at->name);
    facts.emplace_back("until", std::to_string(to_unix_ms(change.pending.due_at)));
    proof::tell(tx, world, policy::notices::Kind::passkey_removal_asked, account, credentials, facts, now);
    return answer;
}

Task<bool> stop_removal(proof::World& world, Owner owner, ChangeId change)
{
    auto work = [&world, &owner, change](db::Tx& tx) {
        const Instant now = world.clock.now();
        auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
        const auto by = policy::changes::Stopper::session;
        if (proof::stop_change(credentials, change, by, "session", now) !=
            policy::changes::StopAnswer::stopped)
            return false;
        credentials.save(tx, world.keys, now);
        proof::note(tx, world, owner.account, "change_stopped", owner.asker, now);
        return true;
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::passkeys
