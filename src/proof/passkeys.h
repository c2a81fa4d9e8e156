#pragma once
// Passkeys and security keys as evidence (WebAuthn level 3, section 7.2): a challenge that one browser gets
// for one purpose and answers once, the verification of the answer, and what policy makes of it.
// crypto/webauthn.h does the cryptography; policy/passkeys.h decides.
#include "base/bytes.h"
#include "policy/passkeys.h"
#include "proof/world.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::proof {

inline constexpr std::size_t nonce_bytes = 16;  // section 13.4.3: at least 16

/// A challenge for one browser: its bytes go into the ceremony, the sealed form into a cookie. Nothing is
/// stored until it is answered.
struct PasskeyChallenge {
    Bytes bytes;
    std::string cookie;  // base64url
};
/// The bytes are SHA-256 over purpose, `bound_to`, a nonce and the expiry. `purpose`: a stable code.
/// `bound_to`: what else it is for (a half-finished sign-in, a session and what it was shown); may be empty.
PasskeyChallenge make_passkey_challenge(const World& world, std::string_view purpose, BytesView bound_to,
                                        Instant now);

/// What the answer is measured against.
struct ExpectedChallenge {
    policy::passkeys::Challenge facts;  // `used` is found out when it is spent
    Bytes bytes;                        // empty where not found
};
/// Of the browser's cookie. Another purpose or binding is no challenge of this ceremony.
ExpectedChallenge expected_challenge(const World& world, std::string_view cookie, std::string_view purpose,
                                     BytesView bound_to);

/// AuthenticatorAssertionResponse, as the browser sent it.
struct PasskeyAnswer {
    Bytes credential_id;
    Bytes client_data_json;
    Bytes authenticator_data;
    Bytes signature;
    Bytes user_handle;  // may be empty where the account is known already
};

/// A right answer: what was proven, and what is to be noted in the transaction that acts on it.
struct PasskeyProof {
    AccountId account;
    FactorId passkey;
    policy::Method method;
    Instant created_at;  // of the passkey
    Bytes challenge;     // SHA-256 of the one that was answered: use_passkey spends it
    std::int64_t seen_counter;
    std::int64_t counter;
    bool backed_up;
};

struct PasskeyOutcome {
    policy::passkeys::AssertionAnswer answer = policy::passkeys::AssertionAnswer::challenge_refused;
    std::optional<PasskeyProof> proof;  // with `right`
    /// No account has this credential: the browser may be told to forget it (signalUnknownCredential). Never
    /// because of a signature or a lock, which pass.
    bool nobody_has_it = false;
};

/// Verifies. A refused answer spends its challenge; a right one does so in use_passkey, with its deed, so
/// that a sign-in commits once. `account`: nullopt where the passkey names its account (Use::alone). A failed
/// signature answers like an unknown credential. No hash, and no budget of anybody: a passkey is never
/// throttled by others' failures.
Task<PasskeyOutcome> check_passkey(World& world, Asker asker, policy::passkeys::Use use,
                                   ExpectedChallenge expected, std::optional<AccountId> account,
                                   PasskeyAnswer answer);

/// In the transaction of the deed, before anything else is decided: spends the challenge; the passkey is the
/// account's still, and its counter is where it was seen. False for the loser of a race: the deed is not
/// done.
bool use_passkey(db::Tx& tx, const store::CredentialSet& credentials, const PasskeyProof& proof,
                 const Asker& asker, Instant now);

/// AuthenticatorAttestationResponse, as the browser sent it.
struct PasskeyMade {
    Bytes credential_id;
    Bytes client_data_json;
    Bytes attestation_object;
    std::vector<std::string> transports;
};

struct NewPasskey {
    policy::passkeys::RegistrationAnswer answer = policy::passkeys::RegistrationAnswer::challenge_refused;
    std::optional<store::Passkey> passkey;  // with `allowed`: to be added in the transaction of the deed
};
/// What a new passkey is called: as the person typed, else after its maker, else `unknown`, which is in the
/// person's language.
struct PasskeyNames {
    std::string typed;
    std::string unknown;
};
/// Spends the challenge, verifies (section 7.1) and judges. `facts`: what the caller knows of session and
/// account.
Task<NewPasskey> check_new_passkey(World& world, ExpectedChallenge expected, PasskeyMade made,
                                   policy::passkeys::Registration facts, PasskeyNames names);

/// Where an answer may come from: our own origin and the related ones.
std::vector<std::string> passkey_origins(const Brand& brand);

/// The user handle of an account: its id (section 6.1; it names nobody).
Bytes user_handle_of(const AccountId& account);

}  // namespace sallyport::proof
