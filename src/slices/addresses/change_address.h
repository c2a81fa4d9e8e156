#pragma once
// A11: another e-mail address for an account. It is approved by a step-up, proven by a code that went there,
// and then waits (policy/changes.h); the old one hears of it, stops it, and brings itself back for 30 days.
// An address that another account has gets the same answers, and no code.
#include "policy/changes.h"
#include "proof/change_stops.h"
#include "proof/holder.h"
#include "proof/sent_codes.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <string>

namespace sallyport::addresses {

using policy::changes::AskAnswer;
using policy::changes::StopAnswer;

/// Codes to new addresses that one account may ask for.
inline constexpr std::int64_t account_codes_max = 10;
inline constexpr Duration account_codes_window = std::chrono::hours{24};
/// How often an account hears that somebody else wished for its address.
inline constexpr Duration holder_told_every = std::chrono::minutes{15};

struct Shown {
    Email address;
    AskAnswer may = AskAnswer::needs_level;  // needs_step_up is what a page may go on with
    std::optional<proof::WaitingChange> change;
};
Task<Shown> show(proof::World& world, proof::Holder holder);

/// What was typed, before the step-up; nothing here depends on other accounts.
enum class Typed : std::uint8_t {
    good,
    malformed,
    the_same,  // it is the account's already
    second,    // it is where notices go: both would be one mailbox
};
struct AddressFound {
    Typed typed = Typed::malformed;
    AskAnswer may = AskAnswer::needs_level;
    std::string address;
    std::string before;
};
Task<AddressFound> look_at_address(proof::World& world, proof::Holder holder, std::string typed);

/// In the transaction of the step-up: opens a set-up of 15 min for this session; the code is sent next.
AskAnswer begin_address(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::CredentialSet& credentials, const std::string& address, Instant now);

struct OpenSetUp {
    std::string address;
    std::optional<proof::OpenCode> code;  // nullopt: none was sent, or it is too old
};
Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder);
/// The first code and every new one; `wait` where there is no set-up.
Task<proof::SendOutcome> send_address_code(proof::World& world, proof::Holder holder);

enum class Proven : std::uint8_t { change_waits, wrong, malformed, code_over, over };
Task<Proven> prove_address(proof::World& world, proof::Holder holder, std::string typed);

}  // namespace sallyport::addresses
