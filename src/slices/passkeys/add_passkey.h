#pragma once
// A3: a step-up opens a set-up of 15 minutes for one session; the browser makes the passkey; it is in force
// at once, but young (policy.md, "Changes").
#include "policy/passkeys.h"
#include "proof/holder.h"
#include "proof/passkeys.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::passkeys {

inline constexpr Duration set_up_life = std::chrono::minutes{15};

using policy::passkeys::RegistrationAnswer;

/// May a set-up be opened, once it is approved?
RegistrationAnswer may_add(const proof::Holder& holder, const store::CredentialSet& credentials);
/// In the transaction of the step-up that approved it.
RegistrationAnswer begin(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::CredentialSet& credentials, Instant now);

struct OpenSetUp {
    std::vector<store::Passkey> held;
    std::string address;
    Instant until;
};
/// nullopt where none is open in this session.
Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder);

/// The challenge of this session's set-up.
proof::PasskeyChallenge challenge_for(const proof::World& world, const proof::Holder& holder);

enum class Added : std::uint8_t {
    in_force,
    over,     // no set-up is open: begin again
    refused,  // `why`; the set-up stays open
};
struct AddOutcome {
    Added answer = Added::over;
    RegistrationAnswer why = RegistrationAnswer::allowed;
};
/// `cookie`: of the challenge. `name`: may be empty.
Task<AddOutcome> add(proof::World& world, proof::Holder holder, std::string cookie, proof::PasskeyMade made,
                     std::string name);

}  // namespace sallyport::passkeys
