#include "proof/mailboxes.h"

#include "crypto/hash.h"
#include "proof/effects.h"
#include "proof/passkey_makers.h"
#include "store/due_work.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sallyport::proof {

namespace {

namespace roots = policy::roots;

struct House {
    std::string_view domain;
    std::int64_t provider;
};
// The numbers of providers that keep passkeys too are those of passkey_makers.
constexpr std::int64_t yahoo = 1001;
constexpr auto houses = std::to_array<House>({
    {"gmail.com", google_provider},
    {"googlemail.com", google_provider},
    {"icloud.com", apple_provider},
    {"me.com", apple_provider},
    {"mac.com", apple_provider},
    {"outlook.com", microsoft_provider},
    {"hotmail.com", microsoft_provider},
    {"live.com", microsoft_provider},
    {"msn.com", microsoft_provider},
    {"proton.me", proton_provider},
    {"protonmail.com", proton_provider},
    {"pm.me", proton_provider},
    {"yahoo.com", yahoo},
    {"ymail.com", yahoo},
    {"rocketmail.com", yahoo},
});
constexpr std::int64_t first_own_domain = std::int64_t{1} << 32;

std::optional<std::int64_t> house_of(std::string_view domain)
{
    const auto at = std::ranges::find(houses, domain, &House::domain);
    return at == houses.end() ? std::nullopt : std::optional(at->provider);
}

/// Another number for another domain.
std::int64_t number_of(std::string_view domain)
{
    const auto digest = crypto::sha256(as_bytes(domain));
    std::int64_t number = 0;
    for (std::size_t i = 0; i < 7; ++i) number = (number << 8) | digest[i];
    return first_own_domain + number;
}

}  // namespace

roots::Kept mailbox_of(const Email& email)
{
    return roots::mailbox(house_of(email.domain()).value_or(number_of(email.domain())));
}

std::vector<roots::Kept> told_of(const store::CredentialSet& credentials, Instant now)
{
    constexpr policy::holds::Limits limits;
    const roots::Kept primary = mailbox_of(credentials.primary_address());
    std::vector<roots::Kept> told;
    for (const store::Channel& channel : credentials.channels()) {
        const bool young = now < channel.proven_at + limits.young;
        told.push_back(young ? primary : mailbox_of(channel.address));
    }
    for (const OldChannel& one : old_channels(credentials, now))
        told.push_back(mailbox_of(one.channel.address));
    return told;
}

roots::Kept apart_from_mailbox(roots::Kept passkey, const Email& mailbox)
{
    if (passkey.cloud && !house_of(mailbox.domain())) passkey.provider = roots::unknown_provider;
    return passkey;
}

Instant start_hold(db::Tx& tx, const World& world, store::CredentialSet& credentials,
                   policy::holds::Cause cause, Duration hold, Instant now)
{
    const auto until = policy::holds::until(credentials.held_until(now), now, hold);
    credentials.add_hold({world.random.id<HoldId>(now), cause, now, until});
    store::put_due_work(tx, credentials.account(), until);
    return until;
}

}  // namespace sallyport::proof
