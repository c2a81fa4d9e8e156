#pragma once
// The mailed code, in the browser that asked. Five tries over all mails of it, charged before they are looked
// at. The right one shows the mailbox and nothing more: what follows asks for a strong factor.
#include "slices/reset/progress.h"

#include <string>

namespace sallyport::reset {

enum class Confirmed : std::uint8_t {
    moved,      // the mailbox is shown: go on
    malformed,  // not eight digits: no try was charged
    wrong,      // `tries_left` more
    expired,
    spent,
    over,  // there is nothing here
};
struct ConfirmOutcome {
    Confirmed answer = Confirmed::over;
    std::int64_t tries_left = 0;
};
/// `typed` as the person wrote it.
Task<ConfirmOutcome> confirm_code(proof::World& world, proof::Asker asker, Purpose purpose,
                                  store::TokenHash secret, std::string typed);

}  // namespace sallyport::reset
