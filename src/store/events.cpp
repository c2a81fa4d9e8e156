#include "store/events.h"

namespace sallyport::store {

void add_event(db::Tx& tx, const Event& event)
{
    tx.execute("INSERT INTO events (id, account, kind, at, browser, address, detail) VALUES ($1, $2, $3, $4, "
               "$5, $6, $7)",
               event.id.value(), event.account.value(), event.kind, to_unix_ms(event.at), event.browser,
               event.address, event.detail);
}

std::optional<Instant> last_event_at(db::Tx& tx, const AccountId& account, std::string_view kind)
{
    const auto rows =
        tx.query("SELECT at FROM events WHERE account = $1 AND kind = $2 ORDER BY at DESC LIMIT 1",
                 account.value(), kind);
    return rows.empty() ? std::nullopt : std::optional(from_unix_ms(rows.integer(0, 0)));
}

std::vector<Event> events_of(db::Tx& tx, const AccountId& account, std::int64_t most)
{
    const auto rows = tx.query("SELECT id, kind, at, browser, address, detail FROM events WHERE account = $1 "
                               "ORDER BY at DESC, id DESC LIMIT $2",
                               account.value(), most);
    std::vector<Event> events;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto id = EventId::from_bytes(rows.bytes(i, 0));
        CHECK(id.has_value());
        events.push_back({*id, account, rows.text(i, 1), from_unix_ms(rows.integer(i, 2)), rows.text(i, 3),
                          rows.text(i, 4), rows.text(i, 5)});
    }
    return events;
}

}  // namespace sallyport::store
