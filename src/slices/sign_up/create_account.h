#pragma once
// The last steps: proof that the recovery kit was saved, and the account with everything that was proven, in
// one transaction. Whoever else has begun with the same address is out (attacks.md, case 27).
#include "policy/sign_up.h"
#include "proof/open_session.h"
#include "proof/world.h"

#include <optional>
#include <string>

namespace sallyport::sign_up {

/// Characters of the asked code that are typed.
inline constexpr std::size_t proof_characters = 4;

enum class Created : std::uint8_t {
    created,      // set the cookies, go to /signup/done
    ask,          // the last characters of code `asked` are asked for
    wrong,        // look at code `asked` on the sheet
    not_asked,    // no code was asked for yet: show the kit
    not_now,      // another step is awaited: go to `stage`
    has_account,  // the address has got an account meanwhile: sign in
    over,         // there is no sign-up here
};
struct CreateOutcome {
    Created answer = Created::over;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    std::int64_t asked = 0;
    std::optional<proof::SessionTokens> session;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
};

/// "I have saved it": which code will be asked for, at random each time, now that the codes are out of sight.
Task<CreateOutcome> ask_for_proof(proof::World& world, store::TokenHash secret);
/// `typed` as the person wrote it: the last four characters of the asked code, or all of it.
Task<CreateOutcome> prove_backup(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                 std::string typed);
/// "Later", where the operator lets people go without a second factor.
Task<CreateOutcome> skip_app(proof::World& world, proof::Asker asker, store::TokenHash secret);

}  // namespace sallyport::sign_up
