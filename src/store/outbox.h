#pragma once
// Mail and text messages that an event owes: a row in the event's own transaction. Recipient and parameters
// are sealed, and wiped at delivery, so that a reader of the database reads no code and no words. What stays
// of a finished row is for the account's list and for /verify (sent_messages.h).
#include "base/email.h"
#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "db/database.h"
#include "store/keys.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::store {

/// Lower leaves first.
enum class MailPriority : std::int64_t { code = 0, security = 1, notice = 2 };

/// How a row leaves. Each has a worker of its own, so that a slow text service holds up no mail.
enum class OutboxChannel : std::uint8_t { mail, text };

struct OutboxMail {
    OutboxId id;
    std::optional<AccountId> account;
    std::string mail;      // "E1", as in the catalogue of mails; "T1", as in that of texts
    std::string to;        // an address; a number in E.164
    std::string language;  // BCP 47
    /// Named values for the template; may hold codes and words.
    std::vector<std::pair<std::string, std::string>> parameters;
    /// "V-…" (crypto/message_number.h), the same at every try. Each row gets one when it is put; filled in by
    /// claim_mail(). Empty: the row is from before there were numbers.
    std::string number{};
    /// The number's part of the row, for the envelope (crypto/envelope_tag.h); filled in by claim_mail().
    std::optional<std::int64_t> serial{};
};

void put_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail, MailPriority priority, Instant now);

/// As put_mail, for a text message.
void put_text(db::Tx& tx, const Keys& keys, const OutboxMail& text, MailPriority priority, Instant now);

/// The work of put_mail() for a mail that nobody is owed, so that an unknown address costs what a known one
/// costs.
void put_no_mail(db::Tx& tx, const Keys& keys, const OutboxMail& mail, Instant now);

struct ClaimedMail {
    OutboxMail mail;
    std::int64_t attempts;  // this one included
    Instant created_at;
    MailPriority priority;
    std::string last_answer{};  // of the try before, where it came back
};

/// Takes up to `most` due rows for `lease`, codes first: nobody else gets them until it ends. A row whose
/// seal does not open is marked failed and alarmed.
std::vector<ClaimedMail> claim_mail(db::Tx& tx, const Keys& keys, std::int64_t most, Duration lease,
                                    Instant now, OutboxChannel channel = OutboxChannel::mail);

/// A claim that is still being worked on: it stays ours until `lease` from now. False where the row is
/// finished, or another worker's by now; `attempts` names the claim.
bool renew_claim(db::Tx& tx, const OutboxId& id, std::int64_t attempts, Duration lease, Instant now);

/// Each of these changes a waiting row only; false where it is finished already. `attempts`: of the claim
/// that it is the verdict on; where another worker has claimed the row since (the lease ended), a verdict
/// that the mail did not go is out of date and changes nothing, while one that it went is true whoever
/// reports it.

/// The relay has it: parameters are wiped.
bool mark_delivered(db::Tx& tx, const OutboxId& id, Instant now);
/// Try again at `due_at`. `answer` is the relay's, cut to 200 bytes.
bool mark_delayed(db::Tx& tx, const OutboxId& id, std::int64_t attempts, Instant due_at,
                  std::string_view answer);
/// Given up: parameters are wiped. `refused`: the relay said that it never takes it.
bool mark_failed(db::Tx& tx, const OutboxId& id, std::int64_t attempts, std::string_view answer, Instant now,
                 bool refused = false);

/// After a clock was set back: rows that were put in what is the future now, or that wait longer than any row
/// does, are due at `now`. Leases stay: they may be a living worker's.
void due_again(db::Tx& tx, Instant now, Duration longest_wait, OutboxChannel channel);

/// What stays of a message, with hashes of its parts as they are handed over (slices/messages): sealed with
/// the rest, ready for keep_parts(). `mail` has a number.
Bytes sealed_with_parts(const Keys& keys, const OutboxMail& mail, BytesView parts);
/// In the transaction of the verdict on a try, whatever the verdict: the relay may have it.
void keep_parts(db::Tx& tx, const OutboxId& id, BytesView sealed);

/// Whether claim_mail() would find a row.
bool mail_is_due(db::Tx& tx, Instant now, OutboxChannel channel = OutboxChannel::mail);
/// Waiting rows of either channel, for metrics.
std::int64_t waiting_mail(db::Tx& tx);

}  // namespace sallyport::store
