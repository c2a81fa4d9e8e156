#pragma once
// Messages of the last 180 days, as they stay in the outbox (schema 0010): one found by its number and whom
// it went to, and an account's list. Nothing here says a code, words or a parameter.
#include "crypto/message_number.h"
#include "policy/message_checks.h"
#include "store/outbox.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::store {

enum class MessageState : std::uint8_t {
    waiting,
    delayed,
    delivered,
    failed,
    refused,     // by the relay or the recipient's server
    bounced,     // taken, and sent back (store/message_reports.h)
    complained,  // delivered, and called junk there
};

struct SentMessage {
    OutboxId id;
    std::string mail;  // "E1", "T1", as in the catalogues
    OutboxChannel channel;
    MessageState state;
    Instant created_at;
    std::string number;    // empty, as the next two, for a message from before there were numbers
    std::string to;        // masked
    std::string language;  // BCP 47
    Bytes parts{};  // hashes of its parts, as keep_parts() was given them; empty until a try to send it
};

/// A recipient as people write it, in the one form that numbers are bound to: an address without regard to
/// case, a phone number in E.164.
std::string number_recipient(std::string_view recipient);

/// What is known of a number that somebody typed, and the message where all of it is right.
struct MessageFound {
    policy::message_checks::Facts facts;
    std::optional<SentMessage> message;
};
/// `recipient`: an address, or a number in E.164. One statement and the same digests, whatever is right. A
/// row that is not ours is not found, and alarmed.
Task<MessageFound> find_message(db::Database& database, const Keys& keys, crypto::MessageNumber number,
                                std::string recipient);

/// Where a page of an account's list begins: after this message.
struct MessagePlace {
    Instant created_at;
    OutboxId id;
};
/// Newest first, at most `most`, later than `since`; no `after` is the beginning. By an index, however many
/// there are.
std::vector<SentMessage> messages_of(db::Tx& tx, const Keys& keys, const AccountId& account,
                                     const std::optional<MessagePlace>& after, std::int64_t most,
                                     Instant since);

/// Deletes finished messages of `until` or before, at most `most`.
void forget_messages(db::Tx& tx, Instant until, std::int64_t most);

}  // namespace sallyport::store
