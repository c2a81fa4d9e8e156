#include "slices/account/overview.h"

#include "proof/cases.h"
#include "store/accounts.h"
#include "store/address_standings.h"
#include "store/credentials.h"

#include <algorithm>

namespace sallyport::account {

namespace {

constexpr std::int64_t events_shown = 5;

void add_bad_mailboxes(db::Tx& tx, const proof::World& world, const store::CredentialSet& credentials,
                       Instant now, Overview& overview)
{
    namespace rules = policy::deliverability;
    constexpr rules::Limits limits;
    for (const store::Channel& channel : credentials.channels()) {
        const auto standing = store::load_standing(tx, world.keys, credentials.account(), channel.address);
        const bool undeliverable = rules::is_undeliverable(standing, now, limits);
        if (undeliverable || rules::is_called_junk(standing, now, limits))
            overview.bad_mailboxes.push_back({channel.address.masked(), undeliverable, channel.id});
    }
}

Overview read_overview(db::Tx& tx, const proof::World& world, const AccountId& id)
{
    const auto credentials = store::CredentialSet::load(tx, world.keys, id);
    const auto account = store::load_account(tx, world.keys, id);
    Overview overview;
    overview.apps = static_cast<std::int64_t>(credentials.totp_app_count());
    const auto passkeys = credentials.passkey_counts();
    overview.passkeys = passkeys.synced + passkeys.bound + passkeys.touched;
    overview.phones = static_cast<std::int64_t>(credentials.phones().size());
    overview.mail_codes = credentials.email_codes_since().has_value();
    if (const auto kit = credentials.kit()) {
        overview.kit_made_at = kit->created_at;
        overview.kit_is_old = kit->created_at + kit_age_max < world.clock.now();
        overview.codes_left = static_cast<std::int64_t>(kit->codes.size());
    }
    overview.recovery_running = proof::open_case(credentials, world.clock.now()).has_value();
    overview.has_words = !account.words.now.empty();
    for (const store::Channel& channel : credentials.channels())
        if (channel.role == store::ChannelRole::notice) overview.notice_address = channel.address.masked();
    overview.address = credentials.primary_address().masked();
    const Instant now = world.clock.now();
    for (const store::Hold& hold : credentials.holds())
        if (hold.until > now) overview.holds.push_back(hold);
    std::ranges::sort(overview.holds, std::ranges::greater{}, &store::Hold::until);
    overview.changes = proof::waiting_changes(tx, world, credentials, now);
    add_bad_mailboxes(tx, world, credentials, now, overview);
    overview.password_changed_at = credentials.password_changed_at();
    overview.events = store::events_of(tx, id, events_shown);
    return overview;
}

}  // namespace

Task<Overview> load_overview(proof::World& world, AccountId account)
{
    auto work = [&world, account](db::Tx& tx) { return read_overview(tx, world, account); };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::account
