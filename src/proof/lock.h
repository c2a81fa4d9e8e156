#pragma once
// The lock as rows (policy/lock.h decides): locked by whoever holds a message, a passkey, a recovery code or
// a session, told to every address, opened again by its owner or by the worker when an unlocking is due. Each
// of these changes `credentials`; saving them is the caller's where nothing else is said.
#include "policy/lock.h"
#include "proof/world.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::proof {

inline constexpr policy::lock::Limits lock_limits;

/// Who speaks, as the account's row keeps it. A mailbox is named by its channel, a kit by its own id.
std::string mailbox_voice(const ChannelId& channel);
std::string kit_voice(const KitId& kit);
inline constexpr std::string_view passkeys_voice = "passkeys";
inline constexpr std::string_view sessions_voice = "sessions";

struct LockAsked {
    policy::lock::Answer answer = policy::lock::Answer::refused;
    std::string number{};  // the case number
    Instant until{};       // of a delayed unlocking, of paused exits
};
/// What was shown for a lock becomes what policy makes of it. A lock ends sessions, half-finished sign-ins,
/// questions, trust and every change that waits, and never a case on a road back. Saves `credentials`.
LockAsked ask_lock(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                   const policy::lock::Shown& shown, const std::string& voice, const Asker& asker,
                   Instant now);

/// Eight digits, by which people and support name a lock. It opens nothing.
std::string fresh_case_number(ports::Random& random);

/// What a browser has shown for the unlocking.
struct UnlockShown {
    std::vector<policy::holds::Approval> factors{};
    bool mailed_code = false;
};
struct UnlockAsked {
    policy::lock::UnlockAnswer answer = policy::lock::UnlockAnswer::not_enough;
    Instant at{};
};
/// Opens the account, or lets an unlocking wait and tells every address. Saves `credentials`.
UnlockAsked ask_unlock(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                       const UnlockShown& shown, const Asker& asker, Instant now);

/// The account is open again: every lock code dies, every address hears of it (E51). Nothing where it is not
/// locked.
void open_account(db::Tx& tx, const World& world, store::CredentialSet& credentials, const Asker& asker,
                  Instant now);

/// Carries out an unlocking that is due. Gives how many there were.
std::int64_t move_lock(db::Tx& tx, const World& world, store::CredentialSet& credentials, Instant now);

/// The account has a factor that is strong by itself or beside its password.
bool has_strong_factor(const store::CredentialSet& credentials);

/// Voices that only pause exits, until the owner confirms them.
bool has_quiet_voices(const store::CredentialSet& credentials);
/// Saves `credentials`.
void confirm_voices(db::Tx& tx, const World& world, store::CredentialSet& credentials, const Asker& asker,
                    Instant now);

}  // namespace sallyport::proof
