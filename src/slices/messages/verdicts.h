#pragma once
// What becomes of an outbox row after a try, and what the try says of the address.
#include "policy/deliverability.h"
#include "ports/mailer.h"
#include "store/outbox.h"

#include <string>

namespace sallyport::messages {

struct Verdict {
    enum class Kind : std::uint8_t { delivered, delayed, failed };
    OutboxId id;
    std::int64_t attempts;  // names the claim
    Kind kind;
    Instant due_at;  // where delayed
    std::string answer;
    bool refused = false;
    std::optional<AccountId> account{};
    std::string to{};
    policy::deliverability::Heard heard = policy::deliverability::Heard::nothing;
    Bytes kept{};  // as in Carried
};
/// `useful_until`: then the row is given up.
Verdict verdict_on(const store::ClaimedMail& claimed, const ports::MailResult& result, Instant useful_until,
                   Instant now);

/// Writes it down. What was written before, or by whoever has the claim now, stays.
void apply(db::Tx& tx, const store::Keys& keys, const Verdict& verdict, Instant now);

}  // namespace sallyport::messages
