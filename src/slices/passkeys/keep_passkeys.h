#pragma once
// A2 and A4: the passkeys of an account, their names, and their removal, which waits and can be stopped.
#include "policy/passkeys.h"
#include "proof/change_stops.h"
#include "slices/passkeys/add_passkey.h"
#include "store/accounts.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::passkeys {

struct ShownPasskey {
    store::Passkey passkey;
    std::optional<proof::WaitingChange> leaving;  // its removal
};
struct Shown {
    std::vector<ShownPasskey> passkeys;
    RegistrationAnswer may_add = RegistrationAnswer::allowed;
    std::string address;  // as password managers show it beside a passkey
};
Task<Shown> show(proof::World& world, proof::Holder holder);

enum class Renamed : std::uint8_t {
    renamed,
    name_wrong,   // empty or too long
    needs_level,  // a name is a setting: a false one leads to the removal of the wrong passkey
    unknown,      // the account has no such passkey
};
Task<Renamed> rename(proof::World& world, proof::Holder holder, FactorId passkey, std::string name);

using policy::passkeys::RemoveAnswer;
struct RemoveFound {
    std::optional<store::Passkey> passkey;
    RemoveAnswer answer = RemoveAnswer::leaving_already;
    Duration wait{};
};
/// Whether it may go, as the page before the step-up says it: a young approver is found out later.
Task<RemoveFound> may_remove(proof::World& world, proof::Holder holder, FactorId passkey);
/// In the transaction of the step-up, which this saves. Gives what policy says of the factor that approved.
RemoveAnswer ask_removal(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                         const store::Account& account, store::CredentialSet& credentials, FactorId passkey,
                         Instant now);

}  // namespace sallyport::passkeys
