#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "policy/lock.h"
#include "support/range_check.h"

namespace sallyport::policy::lock {
namespace {

using holds::Approval;
using std::chrono::days;
using std::chrono::hours;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Means> all_means{Means::message, Means::passkey, Means::recovery_code, Means::session};
const Limits limits;

bool bit(unsigned bits, unsigned n) { return (bits >> n & 1u) != 0; }

// --- locking

TEST(LockModel, WhatItTakes)
{
    for (const Means means : all_means)
        for (unsigned bits = 0; bits < 8; ++bits) {
            const bool right = bit(bits, 0), address = bit(bits, 1), step = bit(bits, 2);
            const bool code = means == Means::message || means == Means::recovery_code;
            const bool enough = right && (!code || (address && step)) && (means != Means::session || step);
            ASSERT_EQ(suffices({means, right, address, step}), enough);
        }
    EXPECT_FALSE(suffices({})) << "knowing the address is nothing";
    const Shown none;
    EXPECT_TRUE(none.means == Means::message && !none.right && !none.address && !none.human_step);
}

struct Fallen {
    Answer answer;
    Duration until;
};

Fallen expected(const LockFacts& facts, Instant now)
{
    const Said& said = facts.said;
    if (!suffices(facts.shown) || facts.state == State::closed) return {Answer::refused, {}};
    if (facts.state == State::locked) {
        const bool waits = facts.unlock_at && now < *facts.unlock_at;
        if (!waits || said.spoken || said.delayed) return {Answer::stays_locked, {}};
        return {Answer::delayed, *facts.unlock_at - start + hours{48}};
    }
    if (!said.spoken) return {Answer::locked, {}};
    if (said.paused) return {Answer::had_its_say, {}};
    return {Answer::exits_paused, now - start + hours{72}};
}

TEST(LockModel, EveryWish)
{
    std::map<Answer, int> met;
    for (const Means means : all_means)
        for (const State state : {State::open, State::locked, State::closed})
            for (unsigned bits = 0; bits < 128; ++bits)
                for (const Duration waits : {Duration{-1}, Duration{0}, Duration{1}, Duration{hours{24}}}) {
                    const Said said{bit(bits, 3), bit(bits, 4), bit(bits, 5), bit(bits, 6)};
                    const Instant now = start + hours{1};
                    LockFacts facts{{means, bit(bits, 0), bit(bits, 1), bit(bits, 2)}, state, said, {}};
                    if (waits >= Duration{0}) facts.unlock_at = now + waits;
                    const auto verdict = ask(facts, now, limits);
                    const auto right = expected(facts, now);
                    ASSERT_EQ(verdict.answer, right.answer);
                    ASSERT_EQ(verdict.until, right.until == Duration{} ? Instant{} : start + right.until);
                    Said after = right.answer == Answer::refused ? Said{} : said;
                    if (right.answer == Answer::locked) after = {.in_this_lock = true};
                    if (right.answer == Answer::exits_paused) after.paused = true;
                    if (right.answer == Answer::delayed) after.in_this_lock = after.delayed = true;
                    ASSERT_EQ(verdict.said, after);
                    ++met[right.answer];
                }
    EXPECT_EQ(met.size(), 6u);
    EXPECT_EQ(LockFacts{}.state, State::closed);
    EXPECT_EQ(Verdict{}.answer, Answer::refused);
    EXPECT_EQ(Said{}, (Said{false, false, false, false}));
}

TEST(Lock, EndsEverythingButTheOwnersOwnWayBack)
{
    using enum Found;
    for (const Found found : {session, half_finished_sign_in, step_up, trusted_browser, known_browser, reset,
                              pending_change, recovery_case})
        EXPECT_EQ(ends(found), found != recovery_case);
}

TEST(Lock, WhatAVoiceMayAfterwards)
{
    for (unsigned bits = 0; bits < 16; ++bits) {
        const Said said{bit(bits, 0), bit(bits, 1), bit(bits, 2), bit(bits, 3)};
        const Said after = after_unlock(said);
        ASSERT_EQ(after, (Said{false, false, bit(bits, 0) || bit(bits, 2), bit(bits, 3)}));
        ASSERT_EQ(only_pauses(said), said.spoken);
    }
    EXPECT_EQ(after_confirming(), Said{});
}

// --- unlocking

enum Thing : unsigned { password, app, synced, second_cloud, bound, touched, mailed_code, things };

Approval shown(Thing thing, Instant created)
{
    switch (thing) {
    case app: return {Method::totp, roots::app(false), created};
    case synced: return {Method::passkey, roots::synced_passkey(1), created};
    case second_cloud: return {Method::passkey, roots::synced_passkey(2), created};
    case bound: return {Method::bound_passkey, roots::hardware(1), created};
    case touched: return {Method::touched_key, roots::hardware(2), created};
    case password:
    case mailed_code:
    case things: break;
    }
    return {Method::password, {}, created};
}

/// By hand: which ways are open, and when each leads out. `old` says of each thing whether it is 72 h old;
/// else it was made an hour ago.
std::optional<Duration> way_out(unsigned has, unsigned old, bool has_strong)
{
    const auto ripe = [&](unsigned thing) { return bit(old, thing) ? hours{0} : hours{71}; };
    std::vector<unsigned> strong;
    for (const unsigned thing : {app, synced, second_cloud, bound, touched})
        if (bit(has, thing) && (thing != touched || bit(has, password))) strong.push_back(thing);
    std::optional<Duration> best;
    const auto offer = [&](Duration at) { best = std::min(best.value_or(at), at); };
    const auto place = [](unsigned thing) { return thing == bound ? 1 : thing == touched ? 2 : 0; };
    for (const unsigned a : strong) {
        for (const unsigned b : strong)
            if (place(a) != place(b)) offer(std::max(ripe(a), ripe(b)));
        if (bit(has, mailed_code)) offer(std::max({hours{24}, ripe(a), ripe(mailed_code)}));
        const bool signs_in = a == synced || a == second_cloud || a == bound || bit(has, password);
        if (signs_in) offer(hours{72});
    }
    if (!has_strong && bit(has, password) && bit(has, mailed_code)) {
        const auto least = std::max(hours{24}, ripe(mailed_code));
        Duration first = std::max(least, ripe(password));
        for (unsigned thing = app; thing <= touched; ++thing)
            if (bit(has, thing)) first = std::min(first, Duration{std::max(least, ripe(thing))});
        offer(first);
    }
    return best;
}

TEST(LockModel, EveryWayOut)
{
    const Instant now = start + days{400};
    int at_once = 0, waiting = 0, none = 0;
    for (unsigned has = 0; has < 1u << things; ++has)
        for (unsigned old = 0; old < 1u << things; ++old)
            for (const bool has_strong : {true, false}) {
                const auto made = [&](unsigned thing) {
                    return now - (bit(old, thing) ? hours{72} : hours{1});
                };
                std::vector<Approval> proofs;
                for (unsigned thing = 0; thing < mailed_code; ++thing)
                    if (bit(has, thing)) proofs.push_back(shown(static_cast<Thing>(thing), made(thing)));
                UnlockFacts facts{.locked = true, .shown = proofs, .has_strong_factor = has_strong};
                if (bit(has, mailed_code)) facts.mailbox_since = made(mailed_code);
                const auto verdict = judge_unlock(facts, now, limits);
                const auto right = way_out(has, old, has_strong);
                if (!right) {
                    ++none;
                    ASSERT_EQ(verdict.answer, UnlockAnswer::not_enough);
                    ASSERT_EQ(verdict.at, Instant{});
                    continue;
                }
                const bool now_open = *right == Duration{};
                ASSERT_EQ(verdict.answer, now_open ? UnlockAnswer::unlocked : UnlockAnswer::waits)
                    << has << " " << old;
                ASSERT_EQ(verdict.at, now + *right) << has << " " << old;
                ++(now_open ? at_once : waiting);
                facts.locked = false;
                ASSERT_EQ(judge_unlock(facts, now, limits).answer, UnlockAnswer::not_enough);
            }
    EXPECT_GT(at_once, 0);
    EXPECT_GT(waiting, 0);
    EXPECT_GT(none, 0);
    EXPECT_EQ(judge_unlock({}, now, limits).answer, UnlockAnswer::not_enough);
    const UnlockFacts unfilled;
    EXPECT_TRUE(!unfilled.locked && unfilled.has_strong_factor && unfilled.delays == 0);
    EXPECT_EQ(UnlockVerdict{}.answer, UnlockAnswer::not_enough);
}

TEST(LockModel, WhatNeverOpensIt)
{
    // The mailbox, the password, both beside a strong factor of the account's, a touched key without one.
    const Instant old = start, now = start + days{400};
    const Approval only_password = shown(password, old), key = shown(touched, old);
    const auto judged = [&](std::vector<Approval> proofs, bool mail, bool has_strong) {
        UnlockFacts facts{.locked = true, .shown = proofs, .has_strong_factor = has_strong};
        if (mail) facts.mailbox_since = old;
        return judge_unlock(facts, now, limits).answer;
    };
    for (const bool has_strong : {true, false}) {
        EXPECT_EQ(judged({}, true, has_strong), UnlockAnswer::not_enough);
        EXPECT_EQ(judged({only_password}, false, has_strong), UnlockAnswer::not_enough);
        EXPECT_EQ(judged({key}, true, has_strong), UnlockAnswer::not_enough);
    }
    EXPECT_EQ(judged({only_password}, true, true), UnlockAnswer::not_enough);
    const Approval kit_code{Method::recovery_code, roots::kit(), old};
    EXPECT_EQ(judged({only_password, kit_code}, true, true), UnlockAnswer::not_enough)
        << "the kit has a road";
    EXPECT_EQ(judged({only_password}, true, false), UnlockAnswer::waits);
}

TEST(Lock, AnUnlockingThatWaitsIsNeitherHurriedNorPutOffByShowingTheSameAgain)
{
    const std::vector<Approval> proofs{shown(password, start), shown(app, start)};
    const Instant now = start + days{100};
    UnlockFacts facts{.locked = true, .shown = proofs};
    const Instant alone = judge_unlock(facts, now, limits).at;
    EXPECT_EQ(alone, now + hours{72});
    facts.unlock_at = alone;
    EXPECT_EQ(judge_unlock(facts, now + hours{5}, limits).at, alone);
    facts.mailbox_since = start;
    EXPECT_EQ(judge_unlock(facts, now + hours{5}, limits).at, now + hours{29}) << "the mailbox hurries it";
    facts.unlock_at = now + hours{72};
    facts.delays = 1;
    EXPECT_EQ(judge_unlock(facts, now + hours{1}, limits).at, now + hours{72}) << "the delay counts";
    EXPECT_EQ(judge_unlock(facts, now, limits).answer, UnlockAnswer::waits);
    EXPECT_FALSE(is_due(std::nullopt, now));
    EXPECT_FALSE(is_due(now + ms, now));
    EXPECT_TRUE(is_due(now, now));
}

TEST(LockModel, WhoKnowsTheAddressOnlyDoesNothing)
{
    for (const Means means : all_means)
        for (const State state : {State::open, State::locked, State::closed})
            for (const bool step : {true, false}) {
                const auto verdict =
                    ask({{means, false, true, step}, state, {}, start + hours{1}}, start, limits);
                EXPECT_EQ(verdict.answer, Answer::refused);
                EXPECT_EQ(verdict.said, Said{});
            }
}

TEST(Lock, LimitsAndTheirRanges)
{
    EXPECT_EQ(limits.code_life, days{30});
    EXPECT_EQ(limits.wait, hours{24});
    EXPECT_EQ(limits.wait_alone, hours{72});
    EXPECT_EQ(limits.delay, hours{48});
    EXPECT_EQ(limits.exits_paused, hours{72});
    EXPECT_EQ(limits.young, hours{72});
    const auto d = [](auto value) { return Duration{value}; };
    expect_range(&Limits::code_life, d(days{7}), d(days{30}), "code_life");
    expect_range(&Limits::wait, d(hours{24}), d(hours{24}), "wait");
    expect_range(&Limits::wait_alone, d(hours{72}), d(hours{72}), "wait_alone");
    expect_range(&Limits::delay, d(hours{24}), d(hours{48}), "delay");
    expect_range(&Limits::exits_paused, d(hours{72}), d(days{7}), "exits_paused");
    expect_range(&Limits::young, d(hours{72}), d(hours{72}), "young");
}

}  // namespace
}  // namespace sallyport::policy::lock
