#pragma once
// Mails that somebody who is not signed in may ask for, by typing an address: budgets of the network and of
// the address for that network, the same for every address.
#include "base/email.h"
#include "proof/world.h"

#include <optional>

namespace sallyport::proof {

/// Mails that one network may ask for, over all addresses; those at the wish of people who are signed in draw
/// on the same budget.
inline constexpr std::int64_t network_mails_max = 100;
inline constexpr Duration network_mails_window = std::chrono::hours{1};

/// Charges one mail. When the next may be asked for; nullopt where this one may. The same statements for
/// every address.
Task<std::optional<Instant>> charge_asked_mail(World& world, Asker asker, Email email, Instant now);

}  // namespace sallyport::proof
