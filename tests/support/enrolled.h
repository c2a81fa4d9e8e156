#pragma once
// A passkey of an account without the way through its page: registered by the verifier, so that what is
// stored is what registration stores. Needs crypto and store besides world.h.
#include "crypto/webauthn.h"
#include "proof/passkeys.h"
#include "support/authenticator.h"
#include "support/world.h"

namespace sallyport::test {

/// In force since `created_at`.
inline FactorId enrol(World& w, const AccountId& account, const Authenticator& authenticator,
                      Instant created_at = start_of_test - std::chrono::days{30}, std::string name = "Phone")
{
    const Bytes challenge(32, 1);
    const auto made = authenticator.register_with(challenge);
    const auto origins = proof::passkey_origins(w.world.brand);
    const crypto::RegistrationExpectation expected{.ceremony = {.challenge = challenge,
                                                                .rp_id = w.world.brand.rp_id,
                                                                .origins = origins,
                                                                .user_verification = false}};
    const auto facts = crypto::verify_registration(
        expected, {authenticator.credential_id, made.client_data_json, made.attestation_object});
    CHECK(facts.has_value());
    const auto id = w.random.id<FactorId>(created_at);
    w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, w.keys.keys, account);
        set.add_passkey({id,
                         facts->credential_id,
                         facts->public_key,
                         Bytes(facts->aaguid.begin(), facts->aaguid.end()),
                         name,
                         {},
                         facts->ceremony.backup_eligible,
                         facts->ceremony.user_verified,
                         created_at,
                         facts->ceremony.counter,
                         facts->ceremony.backed_up,
                         {},
                         {}});
        set.save(tx, w.keys.keys, w.clock.now());
    });
    return id;
}

}  // namespace sallyport::test
