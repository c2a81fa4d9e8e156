// What griefers and thieves do with the lock, hour by hour (policy/lock.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "policy/lock.h"

namespace sallyport::policy::lock {
namespace {

using holds::Approval;
using std::chrono::days;
using std::chrono::hours;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const Limits limits;

bool bit(unsigned bits, unsigned n) { return (bits >> n & 1u) != 0; }

enum Thing : unsigned { password, app, synced, bound, touched };

Approval shown(Thing thing, Instant created)
{
    switch (thing) {
    case app: return {Method::totp, roots::app(false), created};
    case synced: return {Method::passkey, roots::synced_passkey(1), created};
    case bound: return {Method::bound_passkey, roots::hardware(1), created};
    case touched: return {Method::touched_key, roots::hardware(2), created};
    case password: break;
    }
    return {Method::password, {}, created};
}

enum Voice : unsigned { mailbox, notice_mailbox, passkeys, kit, sessions, voices };

Means means_of(unsigned voice)
{
    switch (static_cast<Voice>(voice)) {
    case passkeys: return Means::passkey;
    case kit: return Means::recovery_code;
    case sessions: return Means::session;
    case mailbox:
    case notice_mailbox:
    case voices: break;
    }
    return Means::message;
}

struct Account {
    State state = State::open;
    std::array<Said, voices> said{};
    std::optional<Instant> unlock_at;
    std::int64_t delays = 0;
    Instant locked_at{};
    int locks = 0, pauses = 0, unlocks = 0;
    Duration longest{};
};

void speak(Account& account, unsigned voice, Instant now)
{
    const auto verdict =
        ask({{means_of(voice), true, true, true}, account.state, account.said[voice], account.unlock_at}, now,
            limits);
    account.said[voice] = verdict.said;
    switch (verdict.answer) {
    case Answer::locked:
        account.state = State::locked;
        account.locked_at = now;
        ++account.locks;
        break;
    case Answer::delayed:
        account.unlock_at = verdict.until;
        ++account.delays;
        break;
    case Answer::exits_paused: ++account.pauses; break;
    case Answer::refused:
    case Answer::stays_locked:
    case Answer::had_its_say: break;
    }
}

void open_again(Account& account, Instant now)
{
    account.longest = std::max(account.longest, now - account.locked_at);
    account.state = State::open;
    account.unlock_at.reset();
    account.delays = 0;
    ++account.unlocks;
    for (Said& said : account.said) said = after_unlock(said);
}

struct Owner {
    const char* name;
    std::vector<Thing> has;
    bool reads_mail;
    Duration within;  // beside one voice against them
};

void help_owner(Account& account, const Owner& owner, Instant now)
{
    if (is_due(account.unlock_at, now)) open_again(account, now);
    if (account.state != State::locked) return;
    std::vector<Approval> proofs;
    bool strong = false;
    for (const Thing thing : owner.has) {
        proofs.push_back(shown(thing, start));
        strong = strong || thing != password;
    }
    UnlockFacts facts{.locked = true, .shown = proofs, .has_strong_factor = strong};
    facts.unlock_at = account.unlock_at;
    facts.delays = account.delays;
    if (owner.reads_mail) facts.mailbox_since = start;
    const auto verdict = judge_unlock(facts, now, limits);
    if (verdict.answer == UnlockAnswer::unlocked) open_again(account, now);
    if (verdict.answer == UnlockAnswer::waits) account.unlock_at = verdict.at;
}

const std::vector<Owner> owners{
    {"two strong", {app, bound}, false, hours{0}},
    {"two hardware keys", {bound, touched, password}, false, hours{0}},
    {"app and mailbox", {app}, true, hours{72}},
    {"passkey and mailbox", {synced}, true, hours{72}},
    {"key beside the password, and mailbox", {password, touched}, true, hours{72}},
    {"password and mailbox, nothing strong", {password}, true, hours{72}},
    {"password and app, the mailbox is lost", {password, app}, false, hours{120}},
    {"a passkey alone", {synced}, false, hours{120}},
};

/// 90 days in which a griefer says what they can every hour, before and after the owner acts.
Account grieve(const Owner& owner, unsigned said_by, bool once)
{
    Account account;
    for (int hour = 0; hour < 90 * 24; ++hour) {
        const Instant now = start + days{400} + hours{hour};
        const bool dead = once && account.unlocks > 0;  // the one old message's code has died
        for (unsigned voice = 0; voice < voices; ++voice)
            if (bit(said_by, voice) && !dead) speak(account, voice, now);
        help_owner(account, owner, now);
    }
    return account;
}

TEST(LockModel, NobodyIsKeptOutByLockingAgainAndAgain)
{
    for (const Owner& owner : owners)
        for (unsigned said_by = 1; said_by < 1u << voices; ++said_by) {
            const auto all = static_cast<int>(std::popcount(said_by));
            const Account account = grieve(owner, said_by, false);
            EXPECT_EQ(account.state, State::open) << owner.name << " " << said_by;
            EXPECT_LE(account.locks, all) << owner.name;
            EXPECT_EQ(account.locks, account.unlocks) << owner.name;
            EXPECT_LE(account.pauses, all) << "value is not held for ever either";
            const Duration most =
                owner.within == Duration{} ? Duration{} : owner.within + (all - 1) * limits.delay;
            EXPECT_LE(account.longest, most) << owner.name << " " << said_by;
            if (all == 1) {
                EXPECT_EQ(account.longest, owner.within) << owner.name << " " << said_by;
                EXPECT_EQ(account.locks, 1) << owner.name;
            }
        }
}

TEST(LockModel, AfterOneLossThreeDaysAndAfterTwoSeven)
{
    // The griefer's channel is the one loss; a second is a factor or the mailbox, or another channel.
    for (const Owner& owner : owners)
        for (unsigned voice = 0; voice < voices; ++voice) {
            const bool lost = !owner.reads_mail && owner.within > Duration{};
            EXPECT_LE(grieve(owner, 1u << voice, false).longest, lost ? Duration{days{7}} : hours{72});
            for (unsigned other = 0; other < voices; ++other) {
                if (lost || other == voice) continue;
                EXPECT_LE(grieve(owner, 1u << voice | 1u << other, false).longest, Duration{days{7}});
            }
        }
}

TEST(LockModel, OneOldMessageLocksOnce)
{
    for (const Owner& owner : owners) {
        const Account account = grieve(owner, 1u << mailbox, true);
        EXPECT_EQ(account.locks, 1) << owner.name;
        EXPECT_EQ(account.unlocks, 1) << owner.name;
        EXPECT_EQ(account.pauses, 0) << owner.name << ": its code died";
    }
}

TEST(LockModel, TheOwnersLockStopsAThiefAndCanBeSaidAgain)
{
    // Whoever has what signs in, but not the mailbox, waits 72 h in the open, and each of the owner's voices
    // puts that off once. What the owner confirmed locks again.
    const Owner thief{"password and app", {password, app}, false, {}};
    Account account;
    const Instant now = start + days{400};
    speak(account, mailbox, now);
    help_owner(account, thief, now);
    ASSERT_EQ(account.unlock_at, now + hours{72});
    for (const unsigned voice : {mailbox, mailbox, notice_mailbox}) speak(account, voice, now + hours{1});
    EXPECT_EQ(account.unlock_at, now + hours{72 + 2 * 48});
    help_owner(account, thief, now + hours{72 + 2 * 48} - ms);
    ASSERT_EQ(account.state, State::locked);
    help_owner(account, thief, now + hours{72 + 2 * 48});
    ASSERT_EQ(account.state, State::open);
    speak(account, mailbox, now + days{8});
    EXPECT_EQ(account.state, State::open);
    EXPECT_EQ(account.pauses, 1) << "exits are paused by the mailbox, before a thief reaches them";
    account.said[mailbox] = after_confirming();
    speak(account, mailbox, now + days{8});
    EXPECT_EQ(account.state, State::locked);
}

}  // namespace
}  // namespace sallyport::policy::lock
