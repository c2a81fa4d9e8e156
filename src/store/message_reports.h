#pragma once
// What came back of a message that had left (policy/deliverability.h): found by the serial in its envelope's
// tag, noted once, and shown in the account's list.
#include "base/email.h"
#include "store/outbox.h"

#include <optional>

namespace sallyport::store {

enum class MessageReport : std::uint8_t { bounced, complained };

struct ReportedMessage {
    OutboxId id;
    std::int64_t serial;
    std::optional<AccountId> account;
    bool handed_over;  // a relay took it, or was given it at least once
    bool reported;
    Instant created_at;
    Bytes recipient;  // keyed hash
};
/// A mail: texts have no envelope.
std::optional<ReportedMessage> find_reported(db::Tx& tx, std::int64_t serial);
/// Whether the message went to this address.
bool went_to(const Keys& keys, const ReportedMessage& message, const Email& address);
/// False where another report came first.
bool note_report(db::Tx& tx, const OutboxId& id, MessageReport report);

/// What became of one message.
struct Delivery {
    std::string mail;  // "E29", "T7"
    bool delivered;    // and did not come back
    /// Which of the addresses asked about it went to.
    std::optional<std::size_t> to;
};
/// Messages that an account was owed at this very moment: one event's.
std::vector<Delivery> deliveries_at(db::Tx& tx, const Keys& keys, const AccountId& account,
                                    Instant created_at, const std::vector<Email>& addresses);

}  // namespace sallyport::store
