#include "store/outbox.h"

#include "base/log.h"
#include "base/record.h"
#include "store/bundled_mail.h"
#include "store/kept_messages.h"

#include <algorithm>
#include <tuple>

namespace sallyport::store {

namespace {

constexpr std::size_t answer_bytes_max = 200;

std::string_view channel_text(OutboxChannel channel)
{
    switch (channel) {
    case OutboxChannel::mail: return "mail";
    case OutboxChannel::text: break;
    }
    return "text";
}

Secret sealed_form(const OutboxMail& mail)
{
    RecordWriter writer("outbox.1");
    writer.text(mail.to).text(mail.language).number(static_cast<std::int64_t>(mail.parameters.size()));
    for (const auto& [name, value] : mail.parameters) writer.text(name).text(value);
    return writer.take_secret();
}

crypto::Canonical sealing_context(const OutboxId& id, std::string_view mail)
{
    return {"outbox", 1, {id.value(), mail}};
}

/// A relay's words are bytes from outside: only printable ASCII is kept, so that the column takes them.
std::string cut(std::string_view answer)
{
    std::string kept(answer.substr(0, answer_bytes_max));
    std::ranges::replace_if(kept, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return kept;
}

void put_row(db::Tx& tx, const Keys& keys, const OutboxMail& mail, OutboxChannel channel,
             MailPriority priority, Instant due_at, Instant now)
{
    const Secret form = sealed_form(mail);
    const db::Value account =
        mail.account ? db::to_value(BytesView(mail.account->value())) : db::Value(db::null_bytes);
    for (int draw = 0; draw < serial_draws_max; ++draw) {
        const NumberedRow numbered = number_row(keys, mail, draw);
        if (tx.execute(
                "INSERT INTO outbox (id, account, template, channel, priority, sealed, state, attempts, "
                "due_at, lease_until, created_at, finished_at, last_answer, message_serial, recipient, kept) "
                "VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, 0, $8, NULL, '', $9, $10, $11) "
                "ON CONFLICT (message_serial) DO NOTHING",
                mail.id.value(), account, mail.mail, channel_text(channel),
                static_cast<std::int64_t>(priority),
                keys.sealer.seal(sealing_context(mail.id, mail.mail), form.reveal()), to_unix_ms(due_at),
                to_unix_ms(now), numbered.serial, numbered.recipient, numbered.kept) == 1)
            return;
    }
    throw Unavailable("no serial is free for a message");
}

std::optional<OutboxMail> open_row(const Keys& keys, const db::Rows& rows, std::size_t i)
{
    const auto id = OutboxId::from_bytes(rows.bytes(i, 0));
    if (!id) return std::nullopt;
    OutboxMail mail{*id, std::nullopt, rows.text(i, 2), {}, {}, {}};
    if (!rows.is_null(i, 1)) mail.account = AccountId::from_bytes(rows.bytes(i, 1));
    const auto opened = rows.is_null(i, 3)
                            ? std::nullopt
                            : keys.sealer.open(sealing_context(*id, mail.mail), rows.bytes(i, 3));
    if (!opened) return std::nullopt;
    RecordReader reader(opened->reveal(), "outbox.1");
    mail.to = reader.text();
    mail.language = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string name = reader.text();
        mail.parameters.emplace_back(std::move(name), reader.text());
    }
    reader.end();
    return mail;
}

}  // namespace

void put_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail, MailPriority priority, Instant now)
{
    put_mail_for(tx, keys, mail, priority, now, now);
}

void put_mail_for(db::Tx& tx, const Keys& keys, const OutboxMail& mail, MailPriority priority, Instant due_at,
                  Instant now)
{
    put_row(tx, keys, mail, OutboxChannel::mail, priority, due_at, now);
}

void put_text(db::Tx& tx, const Keys& keys, const OutboxMail& text, MailPriority priority, Instant now)
{
    put_row(tx, keys, text, OutboxChannel::text, priority, now, now);
}

EarlierMails earlier_mails(db::Tx& tx, const Keys& keys, const AccountId& account, std::string_view mail,
                           Instant since)
{
    const auto rows = tx.query(
        "SELECT id, account, template, CASE WHEN state = 'waiting' AND attempts = 0 THEN sealed END, due_at "
        "FROM outbox WHERE account = $1 AND template = $2 AND created_at >= $3 ORDER BY created_at DESC, id",
        BytesView(account.value()), mail, to_unix_ms(since));
    EarlierMails earlier;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Instant due_at = from_unix_ms(rows.integer(i, 4));
        // A row whose seal does not open is left to the worker, which alarms.
        if (auto untouched = open_row(keys, rows, i))
            earlier.untouched.push_back(std::move(*untouched));
        else if (rows.is_null(i, 3))
            earlier.last_due = std::max(earlier.last_due.value_or(due_at), due_at);
    }
    return earlier;
}

bool rewrite_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail)
{
    const Secret form = sealed_form(mail);
    return tx.execute("UPDATE outbox SET sealed = $1 WHERE id = $2 AND state = 'waiting' AND attempts = 0",
                      keys.sealer.seal(sealing_context(mail.id, mail.mail), form.reveal()),
                      mail.id.value()) == 1;
}

void put_no_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail, Instant now)
{
    const Secret form = sealed_form(mail);
    const Bytes sealed = keys.sealer.seal(sealing_context(mail.id, mail.mail), form.reveal());
    const NumberedRow numbered = number_row(keys, mail, 0);
    // Its id is new: no row has it.
    CHECK(
        tx.execute(
            "UPDATE outbox SET sealed = $1, created_at = $2, message_serial = $4, recipient = $5, kept = $6 "
            "WHERE id = $3",
            sealed, to_unix_ms(now), mail.id.value(), numbered.serial, numbered.recipient,
            numbered.kept) == 0);
}

namespace {

/// One priority at a time: the index gives its rows in the order in which they leave, however many wait.
db::Rows claim_of(db::Tx& tx, MailPriority priority, std::int64_t most, Duration lease, Instant now,
                  OutboxChannel channel)
{
    return tx.query(
        "UPDATE outbox SET attempts = attempts + 1, lease_until = $1 WHERE id IN (SELECT id FROM outbox "
        "WHERE state = 'waiting' AND channel = $4 AND priority = $5 AND due_at <= $2 AND lease_until <= $2 "
        "ORDER BY due_at LIMIT $3) "
        "RETURNING id, account, template, sealed, attempts, created_at, due_at, kept, message_serial, "
        "last_answer",
        to_unix_ms(now + lease), to_unix_ms(now), most, channel_text(channel),
        static_cast<std::int64_t>(priority));
}

/// Opens what was claimed, the oldest first, into `claimed`.
void add_opened(db::Tx& tx, const Keys& keys, const db::Rows& rows, MailPriority priority, Instant now,
                std::vector<ClaimedMail>& claimed)
{
    std::vector<std::size_t> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::tuple(rows.integer(i, 6), rows.bytes(i, 0)); });
    for (const std::size_t i : order) {
        auto mail = open_row(keys, rows, i);
        if (mail && !rows.is_null(i, 7)) {
            auto kept = open_kept(keys, mail->id, rows.bytes(i, 7));
            if (kept)
                mail->number = std::move(kept->number);
            else
                mail.reset();
        }
        if (mail) {
            if (!rows.is_null(i, 8)) mail->serial = rows.integer(i, 8);
            claimed.push_back({std::move(*mail), rows.integer(i, 4), from_unix_ms(rows.integer(i, 5)),
                               priority, rows.text(i, 9)});
            continue;
        }
        log::write(log::Level::alarm, "row_not_ours", {{"what", "outbox"}});
        tx.execute("UPDATE outbox SET state = 'failed', sealed = NULL, finished_at = $1, last_answer = $2 "
                   "WHERE id = $3",
                   to_unix_ms(now), "the sealed row does not open", rows.bytes(i, 0));
    }
}

}  // namespace

std::vector<ClaimedMail> claim_mail(db::Tx& tx, const Keys& keys, std::int64_t most, Duration lease,
                                    Instant now, OutboxChannel channel)
{
    std::vector<ClaimedMail> claimed;
    for (const auto priority : {MailPriority::code, MailPriority::security, MailPriority::notice}) {
        const std::int64_t left = most - static_cast<std::int64_t>(claimed.size());
        if (left <= 0) break;
        add_opened(tx, keys, claim_of(tx, priority, left, lease, now, channel), priority, now, claimed);
    }
    return claimed;
}

bool renew_claim(db::Tx& tx, const OutboxId& id, std::int64_t attempts, Duration lease, Instant now)
{
    return tx.execute(
               "UPDATE outbox SET lease_until = $1 WHERE id = $2 AND state = 'waiting' AND attempts = $3",
               to_unix_ms(now + lease), id.value(), attempts) == 1;
}

bool mark_delivered(db::Tx& tx, const OutboxId& id, Instant now)
{
    return tx.execute(
               "UPDATE outbox SET state = 'delivered', sealed = NULL, finished_at = $1, last_answer = '' "
               "WHERE id = $2 AND state = 'waiting'",
               to_unix_ms(now), id.value()) == 1;
}

bool mark_delayed(db::Tx& tx, const OutboxId& id, std::int64_t attempts, Instant due_at,
                  std::string_view answer)
{
    return tx.execute("UPDATE outbox SET due_at = $1, lease_until = 0, last_answer = $2 "
                      "WHERE id = $3 AND state = 'waiting' AND attempts = $4",
                      to_unix_ms(due_at), cut(answer), id.value(), attempts) == 1;
}

bool mark_failed(db::Tx& tx, const OutboxId& id, std::int64_t attempts, std::string_view answer, Instant now,
                 bool refused)
{
    return tx.execute("UPDATE outbox SET state = 'failed', sealed = NULL, finished_at = $1, last_answer = "
                      "$2, report = $5 WHERE id = $3 AND state = 'waiting' AND attempts = $4",
                      to_unix_ms(now), cut(answer), id.value(), attempts, refused ? "refused" : "") == 1;
}

void due_again(db::Tx& tx, Instant now, Duration longest_wait, OutboxChannel channel)
{
    // Rows that the breaker holds are due in the year 9999 (mail_breakers.cpp), and bundles a little later
    // than they were made.
    constexpr std::int64_t no_wait_at_all = 253'402'300'000'000;
    tx.execute(
        "UPDATE outbox SET due_at = $1 WHERE state = 'waiting' AND channel = $2 AND priority IN (0, 1, "
        "2) AND due_at > $1 AND due_at < $3 AND (due_at > $4 OR (created_at > $1 AND (due_at = "
        "created_at OR attempts > 0)))",
        to_unix_ms(now), channel_text(channel), no_wait_at_all, to_unix_ms(now + longest_wait));
}

void keep_parts(db::Tx& tx, const OutboxId& id, BytesView sealed)
{
    tx.execute("UPDATE outbox SET kept = $1 WHERE id = $2", sealed, id.value());
}

bool mail_is_due(db::Tx& tx, Instant now, OutboxChannel channel)
{
    return !tx.query(
                  "SELECT 1 FROM outbox WHERE state = 'waiting' AND channel = $1 AND priority IN (0, 1, 2) "
                  "AND due_at <= $2 AND lease_until <= $2 LIMIT 1",
                  channel_text(channel), to_unix_ms(now))
                .empty();
}

std::int64_t waiting_mail(db::Tx& tx)
{
    return tx.query("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'").integer(0, 0);
}

}  // namespace sallyport::store
