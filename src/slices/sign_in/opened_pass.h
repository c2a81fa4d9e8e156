#pragma once
// A mailed pass: past the strangers' tries, the owner of the mailbox gets five of their own (policy.md).
// Asked for on the wait page, the same way for addresses that nobody has; opened by the mailed code in the
// browser that asked.
#include "base/email.h"
#include "proof/tokens.h"
#include "proof/world.h"

#include <optional>
#include <string>

namespace sallyport::sign_in {

/// Whether this browser has opened a pass for this address that is in force. One statement, whatever there
/// is.
bool opened_pass(db::Tx& tx, const proof::World& world, const std::optional<store::TokenHash>& pass,
                 const std::string& owner_key, Instant now);

enum class PassAsked : std::uint8_t { sent, wait };
struct PassOutcome {
    PassAsked answer = PassAsked::sent;
    Instant until{};                         // with wait: when another mail may be asked for
    std::optional<proof::FreshToken> token;  // cookie to set; none where a waiting code was only sent anew
};
/// `pass`: the browser's cookie, where it has one.
Task<PassOutcome> ask_for_pass(proof::World& world, proof::Asker asker, Email email,
                               std::optional<store::TokenHash> pass);

enum class PassCode : std::uint8_t { opened, wrong, expired, spent };
Task<PassCode> open_pass(proof::World& world, store::TokenHash pass, std::string typed);

}  // namespace sallyport::sign_in
