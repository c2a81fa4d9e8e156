#include "slices/messages/breaker.h"

#include "store/mail_breakers.h"

#include <map>

namespace sallyport::messages {

Passed pass_breakers(db::Tx& tx, std::vector<store::ClaimedMail> claimed,
                     const policy::mail_breaker::Limits& limits, Instant now)
{
    std::map<std::string, std::int64_t> kinds;
    for (const store::ClaimedMail& one : claimed)
        if (one.priority != store::MailPriority::code) ++kinds[one.mail.mail];
    Passed passed;
    for (const auto& [kind, mails] : kinds) {
        const auto before = store::load_breaker(tx, kind);
        const auto verdict = policy::mail_breaker::judge(before, mails, limits, now);
        if (verdict.after != before) store::put_breaker(tx, kind, verdict.after);
        if (verdict.trips) passed.tripped.push_back(kind);
        if (verdict.leaves) continue;
        std::erase_if(claimed, [&](const store::ClaimedMail& one) {
            if (one.mail.mail != kind || one.priority == store::MailPriority::code) return false;
            store::hold_mail(tx, one.mail.id, one.attempts);
            return true;
        });
    }
    passed.leaving = std::move(claimed);
    return passed;
}

}  // namespace sallyport::messages
