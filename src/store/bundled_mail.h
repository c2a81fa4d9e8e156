#pragma once
// Mail about an event that repeats: a row that waits untouched can still be told more (policy::bundles).
#include "store/outbox.h"

#include <vector>

namespace sallyport::store {

/// Rows of one account about one kind of event.
struct EarlierMails {
    std::vector<OutboxMail> untouched;  // they wait, and no worker has claimed them yet
    std::optional<Instant> last_due;    // of the others; nullopt: there are none
};
/// Looks at rows created at `since` or later.
EarlierMails earlier_mails(db::Tx& tx, const Keys& keys, const AccountId& account, std::string_view mail,
                           Instant since);

/// Replaces the parameters of an untouched row of this transaction's earlier_mails(); false where a worker
/// has claimed it since.
bool rewrite_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail);

/// As put_mail(), to leave at `due_at`.
void put_mail_for(db::Tx& tx, const Keys& keys, const OutboxMail& mail, MailPriority priority, Instant due_at,
                  Instant now);

}  // namespace sallyport::store
