#include "policy/passkeys.h"

#include <vector>

#include "base/check.h"

namespace sallyport::policy::passkeys {

namespace {

constexpr Ranges ranges;
constexpr std::int64_t roots_without_password = 2;

bool is_passkey(Method method) noexcept
{
    return method == Method::passkey || method == Method::bound_passkey;
}

/// Old enough to stand in for another, and not going itself.
bool stays(const Strong& factor) noexcept { return !factor.young && !factor.leaving; }

RemoveAnswer may_weaken(const RemoveFacts& facts) noexcept
{
    if (facts.session < Level::aal2) return RemoveAnswer::needs_level;
    if (!facts.stepped_up) return RemoveAnswer::needs_step_up;
    return facts.approver_young ? RemoveAnswer::too_young : RemoveAnswer::waits;
}

RemoveAnswer how_long(const RemoveFacts& facts) noexcept
{
    const bool full = facts.session >= facts.account_highest && facts.browser_settled;
    return full ? RemoveAnswer::waits : RemoveAnswer::waits_long;
}

std::int64_t passkey_roots(std::span<const Strong> factors)
{
    std::vector<roots::Kept> kept;
    for (const Strong& factor : factors)
        if (is_passkey(factor.method) && stays(factor)) kept.push_back(factor.kept);
    return roots::count_roots(kept);
}

}  // namespace

const char* first_out_of_range(const Limits& limits) noexcept
{
    if (!ranges.passkeys_max.holds(limits.passkeys_max)) return "passkeys_max";
    if (!ranges.challenge_life.holds(limits.challenge_life)) return "challenge_life";
    if (!ranges.prompt_rest.holds(limits.prompt_rest)) return "prompt_rest";
    return nullptr;
}

ChallengeAnswer judge_challenge(const Challenge& challenge, Instant now, const Limits& limits) noexcept
{
    if (!challenge.found) return ChallengeAnswer::unknown;
    if (!challenge.same_browser) return ChallengeAnswer::other_browser;
    if (!challenge.same_purpose) return ChallengeAnswer::other_purpose;
    if (challenge.used) return ChallengeAnswer::used;
    if (now >= challenge.made_at + limits.challenge_life) return ChallengeAnswer::expired;
    return ChallengeAnswer::good;
}

bool verification_required(Use use, bool registered_verified) noexcept
{
    switch (use) {
    case Use::alone: return true;
    case Use::second: return false;
    case Use::step_up:
    case Use::recovery: break;
    }
    return registered_verified;
}

bool counter_goes_on(std::int64_t last, std::int64_t now) noexcept
{
    return now > last || (now == 0 && last == 0);
}

AssertionVerdict judge_assertion(const Assertion& facts, Use use) noexcept
{
    const auto refuse = [](AssertionAnswer answer) { return AssertionVerdict{.answer = answer}; };
    if (facts.challenge != ChallengeAnswer::good) return refuse(AssertionAnswer::challenge_refused);
    if (!facts.credential_known) return refuse(AssertionAnswer::unknown_credential);
    if (!facts.right_account) return refuse(AssertionAnswer::other_account);
    if (!facts.user_present) return refuse(AssertionAnswer::not_present);
    if (facts.backed_up && !facts.backup_eligible) return refuse(AssertionAnswer::impossible_flags);
    if (facts.backup_eligible != facts.registered_eligible)
        return refuse(AssertionAnswer::eligibility_changed);
    if (!counter_goes_on(facts.last_counter, facts.counter)) return refuse(AssertionAnswer::counter_back);
    // Who holds a key that never had a PIN may give it one: later it verifies somebody, not its owner.
    const bool verified = facts.user_verified && facts.registered_verified;
    if (!verified && verification_required(use, facts.registered_verified))
        return refuse(AssertionAnswer::not_verified);
    return {AssertionAnswer::right, method_of(verified, facts.backup_eligible),
            facts.backed_up != facts.last_backed_up};
}

Method method_of(bool user_verified, bool backup_eligible) noexcept
{
    if (!user_verified) return Method::touched_key;
    return backup_eligible ? Method::passkey : Method::bound_passkey;
}

bool takes_algorithm(std::int64_t algorithm) noexcept
{
    return algorithm == eddsa || algorithm == es256 || algorithm == rs256;
}

RegistrationAnswer may_register(const Registration& facts, const Limits& limits) noexcept
{
    if (!facts.entitled) {
        if (!may(facts.session, Deed::add_factor, facts.account_highest))
            return RegistrationAnswer::needs_level;
        if (!facts.stepped_up) return RegistrationAnswer::needs_step_up;
    }
    return facts.held < limits.passkeys_max ? RegistrationAnswer::allowed : RegistrationAnswer::too_many;
}

RegistrationVerdict judge_registration(const Registration& facts, const profile::Table& table,
                                       const Limits& limits) noexcept
{
    const auto refuse = [](RegistrationAnswer answer) { return RegistrationVerdict{.answer = answer}; };
    const RegistrationAnswer may_open = may_register(facts, limits);
    if (may_open != RegistrationAnswer::allowed) return refuse(may_open);
    if (facts.challenge != ChallengeAnswer::good) return refuse(RegistrationAnswer::challenge_refused);
    if (!facts.user_present) return refuse(RegistrationAnswer::not_present);
    if (facts.backed_up && !facts.backup_eligible) return refuse(RegistrationAnswer::impossible_flags);
    if (!takes_algorithm(facts.algorithm)) return refuse(RegistrationAnswer::algorithm_not_taken);
    if (facts.known_credential) return refuse(RegistrationAnswer::already_held);
    if (facts.attestation_demanded && facts.attestation != Attestation::trusted)
        return refuse(RegistrationAnswer::attestation_missing);

    const Method method = method_of(facts.user_verified, facts.backup_eligible);
    if (!profile::allows(table, method)) return refuse(RegistrationAnswer::method_not_allowed);
    if (table.hardware_key_required && facts.bound_held == 0 && method != Method::bound_passkey)
        return refuse(RegistrationAnswer::needs_hardware_key);
    if (method == Method::touched_key && !facts.has_password)
        return refuse(RegistrationAnswer::needs_password);
    return {RegistrationAnswer::allowed, method};
}

RemoveAnswer may_remove_factor(const RemoveFacts& facts, std::size_t which, const profile::Table& table)
{
    CHECK(which < facts.factors.size());
    const RemoveAnswer may_ask = may_weaken(facts);
    if (may_ask != RemoveAnswer::waits) return may_ask;
    const Strong& going = facts.factors[which];
    if (going.leaving) return RemoveAnswer::leaving_already;

    std::vector<Strong> left(facts.factors.begin(), facts.factors.end());
    left[which].leaving = true;
    std::int64_t strong = 0, bound = 0;
    for (const Strong& factor : left) {
        if (!stays(factor)) continue;
        if (facts.has_password || is_passkey(factor.method)) ++strong;
        if (factor.method == Method::bound_passkey) ++bound;
    }
    if (strong == 0) return RemoveAnswer::last_strong_factor;
    if (table.hardware_key_required && going.method == Method::bound_passkey && bound == 0)
        return RemoveAnswer::last_hardware_key;
    if (!facts.has_password && is_passkey(going.method) && passkey_roots(left) < roots_without_password)
        return RemoveAnswer::last_way_in;
    return how_long(facts);
}

RemoveAnswer may_remove_password(const RemoveFacts& facts)
{
    const RemoveAnswer may_ask = may_weaken(facts);
    if (may_ask != RemoveAnswer::waits) return may_ask;
    if (!facts.has_password) return RemoveAnswer::leaving_already;
    if (passkey_roots(facts.factors) < roots_without_password) return RemoveAnswer::last_way_in;
    return how_long(facts);
}

bool may_prompt(bool has_passkey, std::optional<Instant> not_now_at, Instant now,
                const Limits& limits) noexcept
{
    return !has_passkey && (!not_now_at || now >= *not_now_at + limits.prompt_rest);
}

}  // namespace sallyport::policy::passkeys
