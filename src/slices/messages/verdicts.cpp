#include "slices/messages/verdicts.h"

#include "slices/messages/deliver.h"
#include "slices/messages/delivery_report.h"
#include "slices/messages/heard.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

using policy::deliverability::Heard;
using ports::MailOutcome;

/// Of a try after which the row is given up. A relay that is out of reach says nothing of the address.
Heard heard_at_the_end(const store::ClaimedMail& claimed, const ports::MailResult& result)
{
    switch (result.outcome) {
    case MailOutcome::accepted: return Heard::accepted;
    case MailOutcome::refused:
    case MailOutcome::try_again: break;
    case MailOutcome::unreachable:
    case MailOutcome::unclear: return Heard::nothing;
    }
    auto status = status_in_reply(result.detail);
    if (status.kind == 0) status = status_in_reply(claimed.last_answer);
    return policy::deliverability::meaning_of(status);
}

bool write(db::Tx& tx, const Verdict& verdict, Instant now)
{
    switch (verdict.kind) {
    case Verdict::Kind::delivered: return store::mark_delivered(tx, verdict.id, now);
    case Verdict::Kind::delayed:
        return store::mark_delayed(tx, verdict.id, verdict.attempts, verdict.due_at, verdict.answer);
    case Verdict::Kind::failed: break;
    }
    return store::mark_failed(tx, verdict.id, verdict.attempts, verdict.answer, now, verdict.refused);
}

}  // namespace

Verdict verdict_on(const store::ClaimedMail& claimed, const ports::MailResult& result, Instant useful_until,
                   Instant now)
{
    Verdict verdict{claimed.mail.id, claimed.attempts, Verdict::Kind::failed, {}, result.detail};
    verdict.account = claimed.mail.account;
    verdict.to = claimed.mail.to;
    switch (result.outcome) {
    case MailOutcome::accepted:
        verdict.kind = Verdict::Kind::delivered;
        verdict.heard = Heard::accepted;
        verdict.answer.clear();
        return verdict;
    case MailOutcome::refused:
        verdict.refused = status_in_reply(result.detail).kind != 0;
        verdict.heard = heard_at_the_end(claimed, result);
        return verdict;
    case MailOutcome::try_again:
    case MailOutcome::unreachable:
    case MailOutcome::unclear: break;
    }
    if (now >= useful_until) {
        verdict.answer = "given up: " + result.detail;
        verdict.heard = heard_at_the_end(claimed, result);
        return verdict;
    }
    verdict.kind = Verdict::Kind::delayed;
    verdict.due_at = std::min(now + delay_after(claimed.attempts), useful_until);
    return verdict;
}

void apply(db::Tx& tx, const store::Keys& keys, const Verdict& verdict, Instant now)
{
    if (!verdict.kept.empty()) store::keep_parts(tx, verdict.id, verdict.kept);
    if (!write(tx, verdict, now) || !verdict.account) return;
    if (const auto address = Email::parse(verdict.to))
        hear(tx, keys, *verdict.account, *address, verdict.heard, now);
}

}  // namespace sallyport::messages
