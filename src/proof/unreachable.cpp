#include "proof/unreachable.h"

#include "policy/deliverability.h"
#include "proof/effects.h"
#include "store/address_standings.h"

namespace sallyport::proof {

namespace {

namespace rules = policy::deliverability;

constexpr rules::Limits limits;

void tell_others(db::Tx& tx, const World& world, const store::CredentialSet& credentials,
                 const Email& address, Instant now)
{
    const auto account = store::load_account(tx, world.keys, credentials.account());
    const auto facts = [&](const store::Channel&) {
        return MailFacts{{"at", std::to_string(to_unix_ms(now))}, {"name", address.masked()}};
    };
    tell_each(tx, world, policy::notices::Kind::address_undeliverable, account, credentials, facts, now,
              &address);
    tell_phones(tx, world, "T15", account, credentials, now);
    note(tx, world, credentials.account(), "email_undeliverable", {{}, {}, {}, "en", {}}, now,
         address.masked());
}

}  // namespace

bool tell_unreachable(db::Tx& tx, const World& world, const store::CredentialSet& credentials, Instant now)
{
    bool told = false;
    for (const store::Channel& channel : credentials.channels()) {
        auto standing = store::load_standing(tx, world.keys, credentials.account(), channel.address);
        if (!rules::is_to_be_told(standing, now, limits)) continue;
        tell_others(tx, world, credentials, channel.address, now);
        standing.told = true;
        store::put_standing(tx, world.keys, credentials.account(), channel.address, standing);
        told = true;
    }
    return told;
}

}  // namespace sallyport::proof
