#include "proof/passkey_prompt.h"

#include "policy/passkey_prompt.h"
#include "proof/open_session.h"
#include "store/passkey_prompt.h"

namespace sallyport::proof {

bool proposes_passkey(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                      policy::Methods signed_in_by, policy::Level session, Instant now)
{
    constexpr policy::passkeys::Limits limits;
    const auto held = credentials.passkey_counts();
    const policy::passkey_prompt::Facts facts{.signed_in_by = signed_in_by,
                                              .session = session,
                                              .account_highest = highest_level_of(credentials),
                                              .held = held.synced + held.bound + held.touched,
                                              .not_now_at =
                                                  store::passkey_declined_at(tx, credentials.account())};
    return policy::passkey_prompt::is_proposed(facts, world.methods, now, limits);
}

}  // namespace sallyport::proof
