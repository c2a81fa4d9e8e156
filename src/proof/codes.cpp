#include "proof/codes.h"

#include "base/text.h"
#include "crypto/totp.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace factors = policy::factors;

constexpr std::size_t totp_digits = 6;

std::optional<std::string> totp_code(std::string_view typed)
{
    auto digits = typed_digits(typed);
    return digits && digits->size() == totp_digits ? digits : std::nullopt;
}

std::optional<std::int64_t> newest_match(const Secret& secret, std::string_view code, factors::Steps steps)
{
    const auto matches =
        crypto::matching_steps(secret, code, std::max<std::int64_t>(steps.first, 0), steps.last);
    return matches.empty() ? std::nullopt : std::optional(matches.back());
}

}  // namespace

TotpOutcome check_totp(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                       std::string_view typed, Instant now)
{
    TotpOutcome outcome;
    const auto code = totp_code(typed);
    if (!code) return outcome;
    const std::int64_t now_step = crypto::step_of(now);
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
        factors::CodeFacts facts{now_step, app.drift, app.last_step, std::nullopt, false};
        facts.matched = newest_match(app.secret, *code, factors::accepted_steps(now_step, app.drift, false));
        const auto verdict = factors::judge_code(facts);
        if (verdict.answer == factors::CodeAnswer::wrong) continue;
        outcome.answer = factors::CodeAnswer::replayed;
        if (verdict.answer == factors::CodeAnswer::replayed) continue;
        if (!store::spend_totp_step(tx, app.id, verdict.step, verdict.drift, now)) continue;
        return {factors::CodeAnswer::accepted, app.id};
    }
    return outcome;
}

std::optional<Duration> name_drift(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                                   std::string_view typed, Instant now)
{
    const auto code = totp_code(typed);
    if (!code) return std::nullopt;
    const std::int64_t now_step = crypto::step_of(now);
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys)) {
        const auto matched = newest_match(app.secret, *code, factors::drift_search(now_step));
        if (matched) return factors::name_drift(now_step, matched);
    }
    return std::nullopt;
}

EnrolmentOutcome check_enrolment_code(const Secret& secret, std::optional<std::int64_t> last_step,
                                      std::string_view typed, Instant now)
{
    EnrolmentOutcome outcome;
    const auto code = totp_code(typed);
    if (!code) return outcome;
    const std::int64_t now_step = crypto::step_of(now);
    factors::CodeFacts facts{now_step, 0, last_step, std::nullopt, true};
    facts.matched = newest_match(secret, *code, factors::accepted_steps(now_step, 0, true));
    outcome.verdict = factors::judge_code(facts);
    if (outcome.verdict.answer == factors::CodeAnswer::wrong)
        outcome.drift =
            factors::name_drift(now_step, newest_match(secret, *code, factors::drift_search(now_step)));
    return outcome;
}

Task<RecoveryOutcome> check_recovery_code(World& world, AccountId account, std::optional<store::Kit> kit,
                                          std::string typed)
{
    auto parsed = crypto::parse_recovery_code(typed);
    wipe_text(typed);
    const store::RecoveryCode* candidate = nullptr;
    if (parsed && kit) {
        const auto at = std::ranges::find(kit->codes, parsed->index, &store::RecoveryCode::index);
        if (at != kit->codes.end()) candidate = &*at;
    }
    // What cannot be a code is hashed all the same: a try costs one hash, whatever was typed.
    const crypto::RecoveryCode code =
        parsed ? crypto::RecoveryCode{parsed->index, parsed->bits.duplicate()}
               : crypto::RecoveryCode{1, Secret(Bytes(crypto::recovery_code_bytes))};
    auto input = crypto::recovery_input(world.peppers, candidate != nullptr ? candidate->hash.pepper : 0,
                                        account, code);
    std::optional<std::string> phc;
    if (candidate != nullptr) phc = candidate->hash.phc;
    const auto answer = co_await world.hashes.verify(std::move(input), std::move(phc), world.hash_parameters);
    if (answer.outcome == crypto::PoolOutcome::busy)
        co_return RecoveryOutcome{std::nullopt, answer.retry_after_seconds};
    if (answer.outcome == crypto::PoolOutcome::match && candidate != nullptr)
        co_return RecoveryOutcome{candidate->id, std::nullopt};
    co_return RecoveryOutcome{};
}

Task<NewKit> make_kit(World& world, AccountId account)
{
    constexpr factors::Limits limits;
    NewKit kit;
    const crypto::KeyId pepper = world.peppers.current_id();
    for (int index = 1; index <= limits.codes_a_kit; ++index) {
        const auto code = crypto::new_recovery_code(index, world.random);
        auto input = crypto::recovery_input(world.peppers, pepper, account, code);
        auto answer = co_await world.hashes.hash(std::move(input), world.hash_parameters);
        if (!answer.phc) {
            NewKit busy;
            busy.busy_seconds = answer.retry_after_seconds;
            co_return busy;
        }
        kit.printed.push_back(crypto::letters_form(code));
        kit.hashes.push_back({std::move(*answer.phc), pepper});
    }
    co_return kit;
}

}  // namespace sallyport::proof
