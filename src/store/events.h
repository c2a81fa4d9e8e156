#pragma once
// What happened to an account, for its owner: one row an event, in the event's transaction.
#include "base/ids.h"
#include "base/time.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::store {

struct Event {
    EventId id;
    AccountId account;
    std::string kind;  // stable code, "signed_in", the key of its words
    Instant at;
    std::string browser;  // "Firefox on Linux"
    std::string address;  // network address
    std::string detail;   // code or number, never a secret
};

void add_event(db::Tx& tx, const Event& event);
/// When one of this kind was last; nullopt: never.
std::optional<Instant> last_event_at(db::Tx& tx, const AccountId& account, std::string_view kind);
/// Newest first.
std::vector<Event> events_of(db::Tx& tx, const AccountId& account, std::int64_t most);

}  // namespace sallyport::store
