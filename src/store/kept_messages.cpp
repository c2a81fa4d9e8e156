#include "store/kept_messages.h"

#include "base/phone_number.h"
#include "base/record.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"
#include "crypto/message_number.h"

namespace sallyport::store {

namespace {

// 1: a message that nobody tried to send; 2: with the hashes of its parts.
constexpr std::string_view layout = "outbox.kept.1";
constexpr std::string_view layout_sent = "outbox.kept.2";

crypto::Canonical kept_context(const OutboxId& id) { return {"outbox.kept", 1, {id.value()}}; }
crypto::Canonical sent_context(const OutboxId& id) { return {"outbox.kept", 2, {id.value()}}; }

std::int64_t drawn_serial(const OutboxId& id, int draw)
{
    // The random bits of the id, spread; nothing secret.
    const auto digest = crypto::sha256(crypto::Canonical("outbox.serial", 1, {id.value(), draw}).bytes());
    std::int64_t serial = 0;
    for (std::size_t i = 0; i < crypto::message_serial_bits / 8; ++i) serial = serial << 8 | digest[i];
    return serial;
}

std::string masked(std::string_view to)
{
    if (const auto email = Email::parse(to)) return email->masked();
    const auto number = PhoneNumber::from_e164(to);
    return number ? number->masked() : std::string();
}

}  // namespace

std::string recipient_key(std::string_view to)
{
    const auto email = Email::parse(to);
    return email ? email->key() : std::string(to);
}

Bytes recipient_hash(const Keys& keys, std::int64_t serial, std::string_view recipient_key)
{
    return keys.index.of("outbox.recipient",
                         crypto::Canonical("outbox.recipient", 1, {serial, recipient_key}).bytes());
}

NumberedRow number_row(const Keys& keys, const OutboxMail& mail, int draw)
{
    const std::int64_t serial = drawn_serial(mail.id, draw);
    const std::string recipient = recipient_key(mail.to);
    const auto number = crypto::MessageNumbers(keys.index).make(serial, recipient);
    RecordWriter writer(layout);
    writer.text(crypto::shown(number)).text(masked(mail.to)).text(mail.language);
    const Secret kept = writer.take_secret();
    return {serial, recipient_hash(keys, serial, recipient),
            keys.sealer.seal(kept_context(mail.id), kept.reveal())};
}

Bytes sealed_with_parts(const Keys& keys, const OutboxMail& mail, BytesView parts)
{
    RecordWriter writer(layout_sent);
    writer.text(mail.number).text(masked(mail.to)).text(mail.language).bytes(parts);
    const Secret kept = writer.take_secret();
    return keys.sealer.seal(sent_context(mail.id), kept.reveal());
}

std::optional<KeptMessage> open_kept(const Keys& keys, const OutboxId& id, BytesView kept)
{
    auto opened = keys.sealer.open(sent_context(id), kept);
    const bool sent = opened.has_value();
    if (!sent) opened = keys.sealer.open(kept_context(id), kept);
    if (!opened) return std::nullopt;
    RecordReader reader(opened->reveal(), sent ? layout_sent : layout);
    KeptMessage message;
    message.number = reader.text();
    message.to = reader.text();
    message.language = reader.text();
    if (sent) message.parts = reader.bytes();
    reader.end();
    return message;
}

}  // namespace sallyport::store
