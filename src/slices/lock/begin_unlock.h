#pragma once
// P10: an address is typed, or a new code asked for. One mail (E8) where the account is locked; the same
// answer, statements and row for every address (ux.md R8). What is short is mails: the row is there all the
// same, because two strong factors need no mail.
#include "proof/tokens.h"
#include "slices/lock/unlocking.h"

namespace sallyport::lock {

struct Begun {
    proof::FreshToken token;  // the cookie to set
};
Task<Begun> begin_unlock(proof::World& world, proof::Asker asker, Email email);

enum class Resent : std::uint8_t { sent, wait, over };
struct ResendOutcome {
    Resent answer = Resent::over;
    Instant until{};
};
/// Never gives new tries while the last code lives; what was shown stays.
Task<ResendOutcome> resend(proof::World& world, proof::Asker asker, store::TokenHash secret);

}  // namespace sallyport::lock
