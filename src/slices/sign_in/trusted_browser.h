#pragma once
// A trusted browser (policy/trusted_browsers.h): made at a sign-in that showed a second factor, and asked for
// none at the next ones. What it signs is bound to one half-finished sign-in, which is its challenge: the row
// is new each time, takes one answer, and dies with success.
#include "policy/level.h"
#include "proof/open_session.h"
#include "proof/world.h"
#include "slices/sign_in/half_finished.h"

#include <optional>
#include <string>

namespace sallyport::sign_in {

/// What the browser signs: the text itself, 43 characters of base64url. One purpose, account and
/// half-finished sign-in.
enum class TrustPurpose : std::uint8_t { make, use };
std::string trust_challenge(TrustPurpose purpose, const AccountId& account,
                            const store::TokenHash& half_finished);

/// The wish to be trusted: the browser's public key, and its signature over the challenge to make one.
struct TrustWish {
    store::TokenHash half_finished{};
    Bytes public_key;
    Bytes signature;
};
/// In the transaction of a finished sign-in. Without effect, and no hindrance to the sign-in, where policy,
/// the signature or a browser that stays unknown forbids it. `token`: by which the account knows the browser.
void keep_trust(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                const store::Account& account, const store::CredentialSet& credentials, const TrustWish& wish,
                policy::Methods shown, const std::optional<store::TokenHash>& token, Instant now);
/// Notes that the new session is one of the trusted browser's, where it is one.
void note_session(db::Tx& tx, const proof::World& world, const std::vector<store::TokenHash>& tokens,
                  const AccountId& account, const store::TokenHash& session);

/// What the page of a second factor offers.
struct TrustOffer {
    std::optional<std::string>
        make;  // the challenge, where showing `method` here may make the browser trusted
    std::optional<std::string> use;  // the challenge, where the browser is trusted and was not asked yet
    std::int64_t days = 0;           // that trust lasts
};
Task<TrustOffer> offer_trust(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                             policy::Method method);

enum class Trusted : std::uint8_t {
    signed_in,  // set the cookies of `session`, go to `then`
    refused,    // the second factor is asked for as ever
    over,       // the half-finished sign-in is gone: start again (R2)
};
struct TrustedOutcome {
    Trusted answer = Trusted::over;
    std::optional<proof::SessionTokens> session;
    std::string then;
};
/// The answer of a trusted browser, instead of a second factor. No try is charged: nothing can be guessed.
/// And none is forgotten: no factor was shown, so guesses at factors stay counted.
Task<TrustedOutcome> sign_in_trusted(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                                     Bytes signature);

}  // namespace sallyport::sign_in
