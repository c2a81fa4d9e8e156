#include "store/sent_messages.h"

#include "base/log.h"
#include "store/kept_messages.h"

namespace sallyport::store {

namespace {

MessageState state_of(const std::string& state, std::int64_t attempts, std::string_view last_answer)
{
    if (state == "delivered") return MessageState::delivered;
    if (state == "failed") return MessageState::failed;
    if (state == "refused") return MessageState::refused;
    if (state == "bounced") return MessageState::bounced;
    if (state == "complained") return MessageState::complained;
    return attempts > 0 && !last_answer.empty() ? MessageState::delayed : MessageState::waiting;
}

/// Columns id, template, channel, state, attempts, last_answer, created_at, kept. nullopt where what stays
/// of the row is not ours (then alarmed).
std::optional<SentMessage> message_in(const Keys& keys, const db::Rows& rows, std::size_t i)
{
    const auto id = OutboxId::from_bytes(rows.bytes(i, 0));
    if (!id) return std::nullopt;
    SentMessage message{*id,
                        rows.text(i, 1),
                        rows.text(i, 2) == "text" ? OutboxChannel::text : OutboxChannel::mail,
                        state_of(rows.text(i, 3), rows.integer(i, 4), rows.text(i, 5)),
                        from_unix_ms(rows.integer(i, 6)),
                        {},
                        {},
                        {},
                        {}};
    if (rows.is_null(i, 7)) return message;
    auto kept = open_kept(keys, *id, rows.bytes(i, 7));
    if (!kept) {
        log::write(log::Level::alarm, "row_not_ours", {{"what", "sent message"}});
        return std::nullopt;
    }
    message.number = std::move(kept->number);
    message.to = std::move(kept->to);
    message.language = std::move(kept->language);
    message.parts = std::move(kept->parts);
    return message;
}

}  // namespace

std::string number_recipient(std::string_view recipient) { return recipient_key(recipient); }

Task<MessageFound> find_message(db::Database& database, const Keys& keys, crypto::MessageNumber number,
                                std::string recipient)
{
    const crypto::MessageNumbers numbers(keys.index);
    const std::string key = recipient_key(recipient);
    const std::int64_t serial = numbers.serial_of(number);
    MessageFound found;
    found.facts.number_right = numbers.is_for(number, key);
    const Bytes expected = recipient_hash(keys, serial, key);
    const auto rows = co_await database.read(
        "SELECT id, template, channel, CASE WHEN report = '' THEN state ELSE report END, attempts, "
        "last_answer, created_at, kept, recipient FROM outbox WHERE message_serial = $1",
        serial);
    const Bytes none(expected.size());
    found.facts.row_found = !rows.empty();
    found.facts.recipient_right =
        equal_constant_time(rows.empty() || rows.is_null(0, 8) ? none : rows.bytes(0, 8), expected);
    if (!found.facts.row_found || !found.facts.number_right || !found.facts.recipient_right) co_return found;
    found.message = message_in(keys, rows, 0);
    found.facts.row_found = found.message.has_value();
    if (found.message) found.facts.sent_at = found.message->created_at;
    co_return found;
}

std::vector<SentMessage> messages_of(db::Tx& tx, const Keys& keys, const AccountId& account,
                                     const std::optional<MessagePlace>& after, std::int64_t most,
                                     Instant since)
{
    const auto rows = after ? tx.query("SELECT id, template, channel, CASE WHEN report = '' THEN state "
                                       "ELSE report END, attempts, last_answer, "
                                       "created_at, kept FROM outbox WHERE account = $1 AND created_at > $2 "
                                       "AND (created_at, id) < ($3, $4) "
                                       "ORDER BY created_at DESC, id DESC LIMIT $5",
                                       account.value(), to_unix_ms(since), to_unix_ms(after->created_at),
                                       after->id.value(), most)
                            : tx.query("SELECT id, template, channel, CASE WHEN report = '' THEN state "
                                       "ELSE report END, attempts, last_answer, "
                                       "created_at, kept FROM outbox WHERE account = $1 AND created_at > $2 "
                                       "ORDER BY created_at DESC, id DESC LIMIT $3",
                                       account.value(), to_unix_ms(since), most);
    std::vector<SentMessage> messages;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (auto message = message_in(keys, rows, i)) messages.push_back(std::move(*message));
    return messages;
}

void forget_messages(db::Tx& tx, Instant until, std::int64_t most)
{
    tx.execute("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at <= $1 AND state <> "
               "'waiting' ORDER BY created_at LIMIT $2)",
               to_unix_ms(until), most);
}

}  // namespace sallyport::store
