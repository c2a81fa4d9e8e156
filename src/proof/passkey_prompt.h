#pragma once
// R18: whether a passkey is proposed to whoever has just signed in (policy/passkey_prompt.h).
#include "proof/world.h"
#include "store/credentials.h"

namespace sallyport::proof {

/// `signed_in_by` and `session`: of the session that the proposal is for.
bool proposes_passkey(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                      policy::Methods signed_in_by, policy::Level session, Instant now);

/// Where it is proposed, and goes on to `then` from there.
inline constexpr std::string_view passkey_offer_path = "/account/passkeys/offer";

}  // namespace sallyport::proof
