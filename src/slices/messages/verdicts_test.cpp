#include "slices/messages/verdicts.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

using policy::deliverability::Heard;
using ports::MailOutcome;
using ports::MailResult;

constexpr Instant made = from_unix_ms(1'795'336'301'000);
constexpr Instant useful_until = made + std::chrono::hours{24};

/// After a try at `now`; `before` is the answer to the one before.
Verdict after(MailResult result, Instant now, std::string before = {})
{
    store::ClaimedMail claimed{
        {OutboxId(Uuid{}), {}, {}, {}, {}, {}}, 7, made, store::MailPriority::security, std::move(before)};
    claimed.mail.to = "ada@mail.example";
    return verdict_on(claimed, result, useful_until, now);
}

constexpr std::string_view about_the_session[]{
    "500 5.5.2 what?",
    "502 not implemented",
    "503 5.5.1 bad sequence of commands",
    "504 5.1.1 no such user",
    "RCPT failed: 503; the relay said: 503 Bad sequence",
};

TEST(VerdictOnATry, AMistakenSessionIsTriedAgainAndMarksNobody)
{
    for (const std::string_view words : about_the_session) {
        const MailResult result{MailOutcome::try_again, std::string(words)};
        const Verdict delayed = after(result, useful_until - Duration{1});
        EXPECT_EQ(delayed.kind, Verdict::Kind::delayed) << words;
        EXPECT_EQ(delayed.due_at, useful_until) << "never later than that";
        EXPECT_EQ(delayed.heard, Heard::nothing);
        const Verdict ended = after(result, useful_until);
        EXPECT_EQ(ended.kind, Verdict::Kind::failed) << "and not for ever";
        EXPECT_EQ(ended.heard, Heard::nothing) << words;
        EXPECT_FALSE(ended.refused);
        const MailResult late{MailOutcome::refused, "given up: too late to be of use"};
        EXPECT_EQ(after(late, useful_until, std::string(words)).heard, Heard::nothing) << words;
    }
}

TEST(VerdictOnATry, ARefusalOfTheAddressStillCounts)
{
    const Verdict gone = after({MailOutcome::refused, "550 5.1.1 unknown here"}, made);
    EXPECT_EQ(gone.kind, Verdict::Kind::failed);
    EXPECT_TRUE(gone.refused);
    EXPECT_EQ(gone.heard, Heard::gone);
    const Verdict later = after({MailOutcome::try_again, "said: 452 4.2.2 full"}, useful_until);
    EXPECT_EQ(later.kind, Verdict::Kind::failed);
    EXPECT_FALSE(later.refused);
    EXPECT_EQ(later.heard, Heard::temporary);
    EXPECT_EQ(after({MailOutcome::unreachable, "550 5.1.1 in its greeting"}, useful_until).heard,
              Heard::nothing);
}

}  // namespace
}  // namespace sallyport::messages
