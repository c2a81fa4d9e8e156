// A passkey that is being made: its verification, and what policy says of it.
#include "base/log.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/webauthn.h"
#include "proof/passkey_makers.h"
#include "proof/passkeys.h"

namespace sallyport::proof {

namespace {

namespace rules = policy::passkeys;

constexpr rules::Limits limits;

rules::Attestation attestation_of(crypto::AttestationTrust trust)
{
    switch (trust) {
    case crypto::AttestationTrust::unchecked:
    case crypto::AttestationTrust::none: return rules::Attestation::none;
    case crypto::AttestationTrust::self: return rules::Attestation::self;
    case crypto::AttestationTrust::certificate: return rules::Attestation::untrusted;
    case crypto::AttestationTrust::anchored: return rules::Attestation::trusted;
    }
    return rules::Attestation::none;
}

void tell_policy(const crypto::RegistrationFacts& made, rules::Registration& facts)
{
    facts.user_present = made.ceremony.user_present;
    facts.user_verified = made.ceremony.user_verified;
    facts.backup_eligible = made.ceremony.backup_eligible;
    facts.backed_up = made.ceremony.backed_up;
    facts.algorithm = static_cast<std::int64_t>(made.algorithm);
    facts.attestation = attestation_of(made.trust);
}

std::string name_for(PasskeyNames names, BytesView aaguid)
{
    const auto most = static_cast<std::size_t>(limits.name_code_points_max);
    if (!names.typed.empty() && count_code_points(names.typed) <= most) return std::move(names.typed);
    const auto maker = passkey_maker(aaguid);
    return maker.name.empty() ? std::move(names.unknown) : std::string(maker.name);
}

store::Passkey passkey_of(const crypto::RegistrationFacts& made, std::vector<std::string> transports,
                          std::string name, FactorId id, Instant now)
{
    return {id,
            made.credential_id,
            made.public_key,
            Bytes(made.aaguid.begin(), made.aaguid.end()),
            std::move(name),
            std::move(transports),
            made.ceremony.backup_eligible,
            made.ceremony.user_verified,
            now,
            made.ceremony.counter,
            made.ceremony.backed_up,
            {},
            {}};
}

}  // namespace

Task<NewPasskey> check_new_passkey(World& world, ExpectedChallenge expected, PasskeyMade made,
                                   policy::passkeys::Registration facts, PasskeyNames names)
{
    NewPasskey outcome;
    if (!expected.facts.found) co_return outcome;
    const Instant now = world.clock.now();
    auto spend = [&](db::Tx& tx) {
        expected.facts.used =
            !store::spend_challenge(tx, crypto::sha256(expected.bytes), now + limits.challenge_life);
        facts.known_credential = store::find_passkey_account(tx, made.credential_id).has_value();
    };
    co_await world.database.transact(std::move(spend));
    facts.challenge = rules::judge_challenge(expected.facts, now, limits);
    if (facts.challenge != rules::ChallengeAnswer::good) co_return outcome;

    const auto origins = passkey_origins(world.brand);
    const crypto::RegistrationExpectation wanted{.ceremony = {.challenge = expected.bytes,
                                                              .rp_id = world.brand.rp_id,
                                                              .origins = origins,
                                                              .user_verification = false},
                                                 .now = now};
    const auto verified = crypto::verify_registration(
        wanted, {made.credential_id, made.client_data_json, made.attestation_object});
    if (!verified) {
        log::write(log::Level::info, "new_passkey_refused", {{"why", crypto::name_of(verified.error())}});
        co_return outcome;
    }
    tell_policy(*verified, facts);
    outcome.answer = rules::judge_registration(facts, world.methods, limits).answer;
    if (outcome.answer != rules::RegistrationAnswer::allowed) co_return outcome;
    outcome.passkey =
        passkey_of(*verified, std::move(made.transports), name_for(std::move(names), verified->aaguid),
                   world.random.id<FactorId>(now), now);
    co_return outcome;
}

}  // namespace sallyport::proof
