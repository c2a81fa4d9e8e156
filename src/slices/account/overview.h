#pragma once
// A1: what protects the account, and what happened to it last.
#include "policy/reminders.h"
#include "proof/change_stops.h"
#include "proof/world.h"
#include "store/credentials.h"
#include "store/events.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::account {

/// A kit older than this is to be made again (ux.md A1).
inline constexpr Duration kit_age_max = policy::reminders::Limits{}.kit_age;
/// As few codes as this and a new kit is wanted (ux.md E28).
inline constexpr std::int64_t codes_few = 2;

/// An address that our mails do not reach, or where they were called junk.
struct BadMailbox {
    std::string address;  // masked
    bool undeliverable;
    ChannelId channel;
};

struct Overview {
    std::int64_t apps = 0;
    std::int64_t passkeys = 0;  // security keys among them
    std::int64_t phones = 0;
    bool mail_codes = false;             // as a second factor
    std::optional<Instant> kit_made_at;  // nullopt: there is none
    bool kit_is_old = false;
    std::int64_t codes_left = 0;
    bool recovery_running = false;
    bool has_words = false;
    std::optional<std::string> notice_address;  // masked; nullopt: there is none
    std::string address;                        // the primary one, masked
    std::vector<store::Hold> holds;             // those that run, the longest first
    std::vector<proof::WaitingChange> changes;
    std::vector<BadMailbox> bad_mailboxes;
    std::optional<Instant> password_changed_at;  // nullopt: there is none
    std::vector<store::Event> events;            // newest first, five
};

Task<Overview> load_overview(proof::World& world, AccountId account);

}  // namespace sallyport::account
