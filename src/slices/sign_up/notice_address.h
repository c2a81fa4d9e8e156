#pragma once
// A second address, at another provider, that hears of every change (policy.md, "Changes"). It counts once
// the code that was mailed there is typed in the session that asked; it signs nobody in.
#include "base/email.h"
#include "policy/level.h"
#include "policy/sign_up.h"
#include "proof/world.h"
#include "store/sessions.h"

#include <optional>
#include <string>

namespace sallyport::sign_up {

/// Who asks: an account, in one session.
struct NoticeOwner {
    AccountId account;
    store::TokenHash session;
    policy::Level level = policy::Level::none;  // the session's
};

/// policy::sign_up::judge_notice_address, of what stands in the rows.
Task<policy::sign_up::NoticeVerdict> judge_notice_address(proof::World& world, NoticeOwner owner,
                                                          Email address);

struct NoticeAsked {
    bool sent = false;
    Instant until{};  // where not sent: when the next mail may be asked for
};
/// For a new address, and for a new code to the one that was asked for (`address` nullopt).
Task<NoticeAsked> mail_notice_code(proof::World& world, proof::Asker asker, NoticeOwner owner,
                                   std::optional<Email> address);

/// The code that was mailed, as far as a page needs it.
struct NoticeCode {
    Email address;
    policy::sign_up::Challenge challenge;
};
Task<std::optional<NoticeCode>> read_notice_code(proof::World& world, NoticeOwner owner);

enum class NoticeProven : std::uint8_t { added, malformed, wrong, dead, over };
struct NoticeOutcome {
    NoticeProven answer = NoticeProven::over;
    std::int64_t tries_left = 0;
};
Task<NoticeOutcome> prove_notice_address(proof::World& world, proof::Asker asker, NoticeOwner owner,
                                         std::string typed);

}  // namespace sallyport::sign_up
