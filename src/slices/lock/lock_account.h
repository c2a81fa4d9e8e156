#pragma once
// P9 and A22: the account is locked. Without signing in it takes a code of a message or of the kit, beside
// the address and a human step, or a passkey. Unknown, wrong and other people's codes get one answer.
#include "base/email.h"
#include "proof/holder.h"
#include "proof/lock.h"
#include "proof/passkeys.h"

#include <optional>
#include <string>

namespace sallyport::lock {

/// Wrong codes in an hour, of one network and at one address, until the answer names a wait. A right one is
/// never refused for them: so nobody's guesses keep an owner from locking. 50 bits bear that.
inline constexpr std::int64_t wrong_of_network_max = 20;
inline constexpr std::int64_t wrong_at_address_max = 20;
inline constexpr Duration wrong_window = std::chrono::hours{1};

enum class Result : std::uint8_t {
    answered,  // `asked` says what came of it
    wrong,     // the answer that all refusals share
    wait,      // the same, and too many of them: other ways until `until`
    busy,      // the hash pool is full: again in `busy_seconds`
};
struct LockOutcome {
    Result result = Result::wrong;
    proof::LockAsked asked{};
    Instant until{};
    std::int64_t busy_seconds = 0;
};

struct CodeCommand {
    std::optional<Email> email;
    std::string code;  // of a message or of the kit, as the person wrote it
    bool human_step = false;
};
Task<LockOutcome> lock_by_code(proof::World& world, proof::Asker asker, CodeCommand command);

/// A challenge for whoever has a passkey here.
proof::PasskeyChallenge ask_passkey(const proof::World& world);
Task<LockOutcome> lock_by_passkey(proof::World& world, proof::Asker asker, std::string cookie,
                                  proof::PasskeyAnswer answer);

/// By one who is signed in, with one confirmation.
Task<LockOutcome> lock_by_session(proof::World& world, proof::Holder holder);

/// What A22 says: whether voices wait to be confirmed, and whether a session of this level may.
struct Quiet {
    bool any = false;
    bool may_confirm = false;
};
Task<Quiet> find_quiet_voices(proof::World& world, AccountId account, policy::Level session);

}  // namespace sallyport::lock
