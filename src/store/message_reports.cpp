#include "store/message_reports.h"

#include "store/kept_messages.h"

namespace sallyport::store {

namespace {

std::string_view text_of(MessageReport report)
{
    switch (report) {
    case MessageReport::bounced: return "bounced";
    case MessageReport::complained: break;
    }
    return "complained";
}

}  // namespace

std::optional<ReportedMessage> find_reported(db::Tx& tx, std::int64_t serial)
{
    const auto rows = tx.query("SELECT id, account, state, attempts, report, created_at, recipient FROM "
                               "outbox WHERE message_serial = $1 AND channel = 'mail'",
                               serial);
    if (rows.empty() || rows.is_null(0, 6)) return std::nullopt;
    const auto id = OutboxId::from_bytes(rows.bytes(0, 0));
    if (!id) return std::nullopt;
    ReportedMessage message{*id,
                            serial,
                            std::nullopt,
                            rows.text(0, 2) == "delivered" || rows.integer(0, 3) > 0,
                            !rows.text(0, 4).empty(),
                            from_unix_ms(rows.integer(0, 5)),
                            rows.bytes(0, 6)};
    if (!rows.is_null(0, 1)) message.account = AccountId::from_bytes(rows.bytes(0, 1));
    return message;
}

bool went_to(const Keys& keys, const ReportedMessage& message, const Email& address)
{
    return equal_constant_time(message.recipient,
                               recipient_hash(keys, message.serial, recipient_key(address.address())));
}

bool note_report(db::Tx& tx, const OutboxId& id, MessageReport report)
{
    return tx.execute("UPDATE outbox SET report = $1 WHERE id = $2 AND report = ''", text_of(report),
                      id.value()) == 1;
}

std::vector<Delivery> deliveries_at(db::Tx& tx, const Keys& keys, const AccountId& account,
                                    Instant created_at, const std::vector<Email>& addresses)
{
    const auto rows = tx.query("SELECT template, state, report, message_serial, recipient FROM outbox WHERE "
                               "account = $1 AND created_at = $2 ORDER BY id",
                               account.value(), to_unix_ms(created_at));
    std::vector<Delivery> deliveries;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool came_back = rows.text(i, 2) == "bounced" || rows.text(i, 2) == "refused";
        Delivery one{rows.text(i, 0), rows.text(i, 1) == "delivered" && !came_back, std::nullopt};
        for (std::size_t n = 0; !rows.is_null(i, 4) && n < addresses.size(); ++n) {
            const auto key = recipient_key(addresses[n].address());
            if (equal_constant_time(rows.bytes(i, 4), recipient_hash(keys, rows.integer(i, 3), key)))
                one.to = n;
        }
        deliveries.push_back(std::move(one));
    }
    return deliveries;
}

}  // namespace sallyport::store
