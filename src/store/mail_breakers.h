#pragma once
// Breakers of mass alarms (policy/mail_breaker.h), one row for each kind of mail, and the rows of the outbox
// that they hold.
#include "policy/mail_breaker.h"
#include "store/outbox.h"

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::store {

/// All whole where it never counted.
policy::mail_breaker::Breaker load_breaker(db::Tx& tx, std::string_view mail);
void put_breaker(db::Tx& tx, std::string_view mail, const policy::mail_breaker::Breaker& breaker);

/// Gives a claim back, as if it had never been made: the row waits for release_mail() or drop_mail().
void hold_mail(db::Tx& tx, const OutboxId& id, std::int64_t attempts);

struct StoppedMail {
    std::string mail;
    Instant stopped_at;
    std::int64_t held;  // rows
};
std::vector<StoppedMail> stopped_mails(db::Tx& tx);
/// How many kinds.
std::int64_t count_stopped_mails(db::Tx& tx);

/// Writes `breaker`, and what was held is due at `now`. How many rows.
std::int64_t release_mail(db::Tx& tx, std::string_view mail, const policy::mail_breaker::Breaker& breaker,
                          Instant now);
/// The breaker is whole again, and what was held never leaves: failed and wiped. How many rows.
std::int64_t drop_mail(db::Tx& tx, std::string_view mail, Instant now);

}  // namespace sallyport::store
