#pragma once
// Claimed rows pass the breakers of their kinds (policy/mail_breaker.h).
#include "policy/mail_breaker.h"
#include "store/outbox.h"

#include <string>
#include <vector>

namespace sallyport::messages {

struct Passed {
    std::vector<store::ClaimedMail> leaving;
    std::vector<std::string> tripped;  // kinds that stop from now on: an alarm
};
/// In the transaction of the claim. What does not leave is held.
Passed pass_breakers(db::Tx& tx, std::vector<store::ClaimedMail> claimed,
                     const policy::mail_breaker::Limits& limits, Instant now);

}  // namespace sallyport::messages
