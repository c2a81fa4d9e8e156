#pragma once
// An address is entered, or a new code asked for: one mail, the same answer, statements and row whether the
// address has an account or not, or has one that is locked (ux.md R8). What differs, the mailbox learns.
#include "proof/tokens.h"
#include "slices/reset/progress.h"

#include <optional>

namespace sallyport::reset {

enum class Asked : std::uint8_t {
    code_asked,  // go to the page of the code: one was mailed now, or not long ago
    resumed,     // this browser has typed the code before: go on
    wait,        // too many mails: `until` says when the next may be asked for
    over,        // asked for a new code, and there is nothing here
};
struct AskOutcome {
    Asked answer = Asked::code_asked;
    Instant until{};
    std::optional<proof::FreshToken> token;  // the cookie to set, where the row is a new one
};

/// `secret`: of the browser's cookie, where it has one.
Task<AskOutcome> ask(proof::World& world, proof::Asker asker, Purpose purpose, Email email,
                     std::optional<store::TokenHash> secret);
/// Never gives new tries while the last code lives.
Task<AskOutcome> ask_again(proof::World& world, proof::Asker asker, Purpose purpose, store::TokenHash secret);

}  // namespace sallyport::reset
