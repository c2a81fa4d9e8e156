#pragma once
// The password of an account to be: judged by the server, hashed, and kept sealed in the row until the
// account is made.
#include "base/secret.h"
#include "policy/passwords.h"
#include "policy/sign_up.h"
#include "proof/world.h"
#include "store/sessions.h"

#include <optional>

namespace sallyport::sign_up {

enum class Chosen : std::uint8_t {
    accepted,  // go to `stage`
    refused,   // by `refusal`
    busy,      // 503, again in `busy_seconds`
    not_now,   // another step is awaited: go to `stage`
    over,      // there is no sign-up here
};
struct PasswordOutcome {
    Chosen answer = Chosen::over;
    policy::sign_up::Stage stage = policy::sign_up::Stage::address;
    std::optional<policy::passwords::Refusal> refusal;
    std::int64_t busy_seconds = 0;
};
/// `language`: BCP 47, of the anti-phishing words that are made along.
Task<PasswordOutcome> choose_password(proof::World& world, store::TokenHash secret, Secret password,
                                      std::string language);
/// What choose_password would say, without keeping anything: advice while the password is typed.
Task<PasswordOutcome> judge_password(proof::World& world, store::TokenHash secret, Secret password);

}  // namespace sallyport::sign_up
