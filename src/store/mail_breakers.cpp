#include "store/mail_breakers.h"

namespace sallyport::store {

namespace {

/// Due at no time (the end of year 9999): the mark of a row that is held.
constexpr std::int64_t held = 253'402'300'799'999;

std::optional<Instant> instant_or_none(const db::Rows& rows, std::size_t row, std::size_t column)
{
    return rows.is_null(row, column) ? std::nullopt : std::optional(from_unix_ms(rows.integer(row, column)));
}

db::Value value_of(std::optional<Instant> at)
{
    return at ? db::to_value(to_unix_ms(*at)) : db::Value(db::null_integer);
}

}  // namespace

policy::mail_breaker::Breaker load_breaker(db::Tx& tx, std::string_view mail)
{
    const auto rows =
        tx.query("SELECT window_began, told, stopped_at, released_until FROM mail_breakers WHERE "
                 "template = $1",
                 mail);
    if (rows.empty()) return {};
    return {from_unix_ms(rows.integer(0, 0)), rows.integer(0, 1), instant_or_none(rows, 0, 2),
            instant_or_none(rows, 0, 3)};
}

void put_breaker(db::Tx& tx, std::string_view mail, const policy::mail_breaker::Breaker& breaker)
{
    tx.execute("INSERT INTO mail_breakers (template, window_began, told, stopped_at, released_until) "
               "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (template) DO UPDATE SET window_began = "
               "excluded.window_began, told = excluded.told, stopped_at = excluded.stopped_at, "
               "released_until = excluded.released_until",
               mail, to_unix_ms(breaker.window_began), breaker.told, value_of(breaker.stopped_at),
               value_of(breaker.released_until));
}

void hold_mail(db::Tx& tx, const OutboxId& id, std::int64_t attempts)
{
    tx.execute("UPDATE outbox SET due_at = $1, lease_until = 0, attempts = attempts - 1 "
               "WHERE id = $2 AND state = 'waiting' AND attempts = $3",
               held, id.value(), attempts);
}

std::vector<StoppedMail> stopped_mails(db::Tx& tx)
{
    const auto rows = tx.query(
        "SELECT template, stopped_at, (SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND due_at = $1 "
        "AND outbox.template = mail_breakers.template) FROM mail_breakers WHERE stopped_at IS NOT NULL "
        "ORDER BY stopped_at, template",
        held);
    std::vector<StoppedMail> stopped;
    for (std::size_t i = 0; i < rows.size(); ++i)
        stopped.push_back({rows.text(i, 0), from_unix_ms(rows.integer(i, 1)), rows.integer(i, 2)});
    return stopped;
}

std::int64_t count_stopped_mails(db::Tx& tx)
{
    return tx.query("SELECT COUNT(*) FROM mail_breakers WHERE stopped_at IS NOT NULL").integer(0, 0);
}

std::int64_t release_mail(db::Tx& tx, std::string_view mail, const policy::mail_breaker::Breaker& breaker,
                          Instant now)
{
    put_breaker(tx, mail, breaker);
    return tx.execute(
        "UPDATE outbox SET due_at = $1 WHERE state = 'waiting' AND due_at = $2 AND template = $3",
        to_unix_ms(now), held, mail);
}

std::int64_t drop_mail(db::Tx& tx, std::string_view mail, Instant now)
{
    tx.execute("DELETE FROM mail_breakers WHERE template = $1", mail);
    return tx.execute("UPDATE outbox SET state = 'failed', sealed = NULL, finished_at = $1, last_answer = $2 "
                      "WHERE state = 'waiting' AND due_at = $3 AND template = $4",
                      to_unix_ms(now), "dropped by the operator", held, mail);
}

}  // namespace sallyport::store
