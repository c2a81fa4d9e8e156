// Every short interleaving of two strangers, the owner in a known browser and the owner in a new one, with small limits;
// then long attacks with the real ones.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/check.h"
#include "policy/throttle.h"

namespace sallyport::policy::throttle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};

// --- the machine that the store makes real --------------------------------------------------------------------------

struct Account {
    Bucket known_browser;  // of the owner's browser
    Bucket stranger;
    Bucket pass;
    bool pass_open = false;  // in the owner's new browser
    std::map<int, NetworkCount> networks;

    Facts seen(bool in_known_browser, bool in_new_browser_of_owner, int network) const
    {
        Facts facts;
        if (in_known_browser) facts.known_browser = known_browser;
        facts.stranger = stranger;
        if (in_new_browser_of_owner && pass_open) facts.pass = pass;
        const auto count = networks.find(network);
        if (count != networks.end()) {
            facts.network_failures = count->second.failures;
            facts.network_window_ends = count->second.window_ends;
        }
        return facts;
    }
    Bucket& behind(Door door)
    {
        if (door == Door::known_browser) return known_browser;
        return door == Door::pass ? pass : stranger;
    }
    /// A wrong guess that was admitted.
    void wrong(Door door, int network, Instant now, const Limits& limits)
    {
        Bucket& bucket = behind(door);
        const auto after = charge(bucket, guess_cost, now, schedule_of(door, limits));
        ASSERT_TRUE(after.has_value()) << "admit and the guard of the upsert agree";
        bucket = *after;
        networks[network] = after_failure(networks[network], now, limits);
    }
    void success()
    {
        const Facts after = emptied(seen(true, true, 0));
        known_browser = *after.known_browser;
        stranger = after.stranger;
        pass_open = after.pass.has_value();
    }
};

Limits small()
{
    Limits limits;
    limits.known_browser_tries_max = 2;
    limits.stranger_free_tries = 2;
    limits.stranger_tries_max = 3;
    limits.first_wait = seconds{30};
    limits.longest_wait = seconds{100};
    limits.network_failures_max = 3;
    limits.pass_tries_max = 2;
    return limits;
}

enum class Act : int {
    stranger_a, stranger_b, owner_known_wrong, owner_known_right, owner_new_wrong, owner_new_right, pass_opens, minute_passes
};
constexpr int acts = 8;

struct Trace {
    Account account;
    Instant now = start;
    std::int64_t strangers_admitted = 0;  // since the last success, through the strangers' door
    std::int64_t own_wrong = 0;           // of the owner's known browser, since the last success
    std::int64_t wrong_with_pass = 0;
};

class Walk {
public:
    explicit Walk(Limits limits) : m_limits(limits) {}
    void from(const Trace& trace, int depth)
    {
        ++traces;
        holds(trace);
        if (depth == 0 || ::testing::Test::HasFailure()) return;
        for (int act = 0; act < acts; ++act) {
            Trace next = trace;
            apply(next, static_cast<Act>(act));
            from(next, depth - 1);
        }
    }
    std::int64_t traces = 0;
    std::int64_t waits = 0, pass_needed = 0;

private:
    void guess(Trace& t, bool known, bool owner_new, int network, bool right)
    {
        const Account before = t.account;
        const Verdict verdict = admit(t.account.seen(known, owner_new, network), t.now, m_limits);
        if (verdict.answer != Answer::admit) {
            waits += verdict.answer == Answer::wait;
            pass_needed += verdict.answer == Answer::needs_pass;
            return;
        }
        t.account.wrong(verdict.door, network, t.now, m_limits);
        t.strangers_admitted += verdict.door == Door::stranger;
        t.own_wrong += verdict.door == Door::known_browser;
        t.wrong_with_pass += verdict.door == Door::pass;
        if (!known) EXPECT_EQ(t.account.known_browser, before.known_browser) << "only its own guesses cost it";
        if (!owner_new) EXPECT_EQ(t.account.pass, before.pass) << "only guesses with the pass cost it";
        if (!right) return;
        t.account.success();
        t.strangers_admitted = t.own_wrong = t.wrong_with_pass = 0;
    }
    void apply(Trace& t, Act act)
    {
        switch (act) {
        case Act::stranger_a: return guess(t, false, false, 1, false);
        case Act::stranger_b: return guess(t, false, false, 2, false);
        case Act::owner_known_wrong: return guess(t, true, false, 1, false);  // a stranger sits in the same network
        case Act::owner_known_right: return guess(t, true, false, 1, true);
        case Act::owner_new_wrong: return guess(t, false, true, 4, false);
        case Act::owner_new_right: return guess(t, false, true, 4, true);
        case Act::pass_opens:
            t.account.pass_open = true;
            t.account.pass = {};
            t.wrong_with_pass = 0;
            return;
        case Act::minute_passes: t.now += minutes{1}; return;
        }
    }
    void holds(const Trace& t) const
    {
        ASSERT_LE(t.strangers_admitted, m_limits.stranger_tries_max);
        ASSERT_LE(t.own_wrong, m_limits.known_browser_tries_max);
        ASSERT_LE(t.wrong_with_pass, m_limits.pass_tries_max);

        const Verdict known = admit(t.account.seen(true, false, 1), t.now, m_limits);
        if (t.own_wrong < m_limits.known_browser_tries_max)
            ASSERT_EQ(known, (Verdict{Answer::admit, Door::known_browser, {}})) << "strangers disable nothing";
        else
            ASSERT_FALSE(known.answer == Answer::admit && known.door == Door::known_browser);

        Account with_pass = t.account;
        with_pass.pass_open = true;
        with_pass.pass = {};
        const Verdict new_browser = admit(with_pass.seen(false, true, 4), t.now, m_limits);
        ASSERT_EQ(new_browser, (Verdict{Answer::admit, Door::pass, {}})) << "a pass always helps, at once";

        for (const int network : {1, 2, 9}) {
            const Verdict stranger = admit(t.account.seen(false, false, network), t.now, m_limits);
            if (stranger.answer == Answer::needs_pass) {
                ASSERT_EQ(t.account.stranger.charged, m_limits.stranger_tries_max);
                ASSERT_EQ(stranger, (Verdict{Answer::needs_pass, Door::stranger, {}}));
            } else if (stranger.answer == Answer::wait) {
                ASSERT_GT(stranger.until, t.now) << "a wait ends in the future";
                const Facts same = t.account.seen(false, false, network);
                ASSERT_EQ(admit(same, stranger.until, m_limits).answer, Answer::admit) << "and when it says";
                ASSERT_EQ(admit(same, stranger.until - Duration{1}, m_limits).answer, Answer::wait);
            } else {
                ASSERT_EQ(stranger.door, Door::stranger);
                ASSERT_GE(t.now, t.account.stranger.next_at);
            }
        }
    }
    Limits m_limits;
};

TEST(ThrottleModel, EveryShortInterleaving)
{
    Walk walk(small());
    walk.from({}, 6);
    EXPECT_GT(walk.traces, 250'000);
    EXPECT_GT(walk.waits, 1000) << "the walk gets where waits are";
    EXPECT_GT(walk.pass_needed, 10) << "and where a pass is needed";
}

TEST(ThrottleModel, AHundredGuessesByStrangersAndNotOneMore)
{
    const Limits limits;
    Account account;
    Instant now = start;
    std::int64_t admitted = 0;
    Verdict verdict;
    for (int i = 0; i < 1000; ++i) {
        // Ever new networks, other factors and flows: the one budget sees them all.
        verdict = admit(account.seen(false, false, i), now, limits);
        if (verdict.answer == Answer::needs_pass) break;
        if (verdict.answer == Answer::wait) {
            now = verdict.until;
            continue;
        }
        account.wrong(verdict.door, i, now, limits);
        ++admitted;
    }
    EXPECT_EQ(verdict.answer, Answer::needs_pass);
    EXPECT_EQ(admitted, 100);
    EXPECT_EQ(now - start, seconds{30 + 60 + 120 + 240 + 480 + 960 + 1920} + hours{83});

    now += hours{24 * 365};
    EXPECT_EQ(admit(account.seen(false, false, 1), now, limits).answer, Answer::needs_pass) << "no time heals it";
    EXPECT_EQ(admit(account.seen(true, false, 1), now, limits).door, Door::known_browser);
    account.success();
    EXPECT_EQ(admit(account.seen(false, false, 1), now, limits).answer, Answer::admit) << "a success does";
    EXPECT_EQ(account.stranger, Bucket{});
    EXPECT_EQ(account.known_browser, Bucket{});
}

TEST(ThrottleModel, ASuccessSpendsThePassAndLeavesTheNetworksCount)
{
    Facts facts{Bucket{3, start}, Bucket{50, start}, Bucket{2, start}, 77, start + hours{1}};
    const Facts after = emptied(facts);
    EXPECT_EQ(after.known_browser, Bucket{});
    EXPECT_EQ(after.stranger, Bucket{});
    EXPECT_FALSE(after.pass);
    EXPECT_EQ(after.network_failures, 77);
    EXPECT_EQ(after.network_window_ends, start + hours{1});
    facts.known_browser.reset();
    EXPECT_FALSE(emptied(facts).known_browser) << "a success in a strange browser invents no known one";
}

TEST(ThrottleModel, ANetworkIsOnlyAWallForStrangers)
{
    const Limits limits;
    Facts facts;
    facts.network_failures = 99;
    facts.network_window_ends = start + minutes{20};
    EXPECT_EQ(admit(facts, start, limits).answer, Answer::admit);
    facts.network_failures = 100;
    EXPECT_EQ(admit(facts, start, limits), (Verdict{Answer::wait, Door::stranger, start + minutes{20}}));
    EXPECT_EQ(admit(facts, start + minutes{20}, limits).answer, Answer::admit);
    facts.stranger = {12, start + minutes{30}};
    EXPECT_EQ(admit(facts, start, limits).until, start + minutes{30}) << "the longer wait counts";
    facts.known_browser = Bucket{9, {}};
    EXPECT_EQ(admit(facts, start, limits).door, Door::known_browser);
    facts.known_browser = Bucket{10, {}};
    facts.pass = Bucket{4, {}};
    EXPECT_EQ(admit(facts, start, limits).door, Door::pass);
    facts.pass = Bucket{5, {}};
    EXPECT_EQ(admit(facts, start, limits).answer, Answer::wait) << "a known browser falls back to strangers' doors";
}

TEST(Throttle, CountsANetworksFailuresInWindows)
{
    const Limits limits;
    NetworkCount count = after_failure({}, start, limits);
    EXPECT_EQ(count, (NetworkCount{1, start + hours{1}}));
    count = after_failure(count, start + minutes{59}, limits);
    EXPECT_EQ(count, (NetworkCount{2, start + hours{1}})) << "the window does not slide";
    EXPECT_EQ(after_failure(count, start + hours{1}, limits), (NetworkCount{1, start + hours{2}}));
}

// --- waits ----------------------------------------------------------------------------------------------------------

TEST(Throttle, WaitsAreTheLawsOwn)
{
    const Limits limits;
    const std::vector<Duration> expected{seconds{30},  seconds{60},  seconds{120}, seconds{240}, seconds{480},
                                         seconds{960}, seconds{1920}, hours{1},    hours{1},     hours{1}};
    for (std::int64_t n = 0; n < 10; ++n) EXPECT_EQ(wait_after(n, limits), Duration{0}) << n;
    for (std::size_t n = 0; n < expected.size(); ++n)
        EXPECT_EQ(wait_after(10 + static_cast<std::int64_t>(n), limits), expected[n]) << n;
    EXPECT_EQ(next_at_after(9, start, limits), start);
    EXPECT_EQ(next_at_after(11, start, limits), start + seconds{60});
}

TEST(Throttle, TheClosedFormEqualsTheLoopForEveryCountAndLimit)
{
    const Ranges ranges;
    for (const Duration first : {Duration{ranges.first_wait.least}, Duration{seconds{30}}, Duration{seconds{77}},
                                 Duration{ranges.first_wait.most}})
        for (const Duration longest : {Duration{ranges.longest_wait.least}, Duration{minutes{8}},
                                       Duration{seconds{1920}}, Duration{ranges.longest_wait.most}})
            for (std::int64_t free = 3; free <= 20; ++free) {
                Limits limits;
                limits.first_wait = first;
                limits.longest_wait = longest;
                limits.stranger_free_tries = free;
                const Schedule schedule = schedule_of(Door::stranger, limits);
                ASSERT_LT(schedule.doublings, 32) << "no shift overflows";
                Duration before{0};
                for (std::int64_t n = 0; n <= 10'000; ++n) {
                    const Duration wait = wait_after(n, limits);
                    ASSERT_EQ(wait.count(), wait_ms(n, schedule)) << n;
                    ASSERT_GE(wait, before) << "waits never shrink";
                    ASSERT_LE(wait, longest);
                    ASSERT_EQ(wait == Duration{0}, n < free);
                    before = wait;
                }
                ASSERT_EQ(before, longest) << "the longest wait is reached";
            }
}

TEST(Throttle, AScheduleHasNoMoreDoublingsThanItNeeds)
{
    Limits limits;
    const Schedule real = schedule_of(Door::stranger, limits);
    EXPECT_EQ(real.free_tries, 10);
    EXPECT_EQ(real.first_wait_ms, 30'000);
    EXPECT_EQ(real.doublings, 7);
    EXPECT_EQ(real.longest_wait_ms, 3'600'000);
    EXPECT_EQ(real.cap, 100);
    limits.longest_wait = seconds{1920};
    EXPECT_EQ(schedule_of(Door::stranger, limits).doublings, 6) << "30 s doubled six times is 1920 s";
    limits.first_wait = limits.longest_wait;
    EXPECT_EQ(schedule_of(Door::stranger, limits).doublings, 0);
    for (const Door door : {Door::known_browser, Door::pass}) {
        const Schedule schedule = schedule_of(door, limits);
        EXPECT_EQ(schedule.cap, door == Door::pass ? 5 : 10);
        EXPECT_EQ(schedule.free_tries, schedule.cap);
        EXPECT_EQ(schedule.first_wait_ms, 0);
        EXPECT_EQ(schedule.doublings, 0);
        EXPECT_EQ(schedule.longest_wait_ms, 0);
        for (std::int64_t n = 0; n < 20; ++n) EXPECT_EQ(wait_ms(n, schedule), 0) << "no waits at one's own doors";
    }
}

// --- the upsert -----------------------------------------------------------------------------------------------------

TEST(Throttle, OfParallelTriesTheGuardLetsOneThrough)
{
    const Limits limits;
    const Schedule schedule = schedule_of(Door::stranger, limits);
    const auto first = charge({9, start}, 1, start, schedule);
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, (Bucket{10, start + seconds{30}}));
    EXPECT_FALSE(charge(*first, 1, start, schedule)) << "the loser of the race sees the winner's row";
    EXPECT_FALSE(charge(*first, 1, start + seconds{30} - Duration{1}, schedule));
    EXPECT_TRUE(charge(*first, 1, start + seconds{30}, schedule));
    EXPECT_TRUE(charge({99, start}, 1, start, schedule));
    EXPECT_FALSE(charge({100, start}, 1, start, schedule));
    EXPECT_THROW(charge({}, 0, start, schedule), ProgrammingError);
}

TEST(Throttle, ADriftSearchCostsTenGuesses)
{
    const Limits limits;
    EXPECT_EQ(drift_search_cost, 10);
    EXPECT_EQ(guess_cost, 1);
    const Schedule schedule = schedule_of(Door::stranger, limits);
    EXPECT_EQ(charge({2, start}, drift_search_cost, start, schedule), (Bucket{12, start + seconds{120}}));
    EXPECT_TRUE(charge({90, start}, drift_search_cost, start, schedule));
    EXPECT_FALSE(charge({91, start}, drift_search_cost, start, schedule));

    Facts facts{Bucket{2, {}}, Bucket{0, {}}, Bucket{0, {}}, 0, {}};
    EXPECT_EQ(admit(facts, start, limits, drift_search_cost).door, Door::stranger)
        << "it would not fit what is left of the browser's own, nor a pass";
    facts.known_browser = Bucket{};
    EXPECT_EQ(admit(facts, start, limits, drift_search_cost).door, Door::known_browser);
    facts = {{}, Bucket{91, {}}, {}, 0, {}};
    EXPECT_EQ(admit(facts, start, limits, drift_search_cost).answer, Answer::needs_pass);
    EXPECT_EQ(admit(facts, start, limits).answer, Answer::admit);
}

TEST(Throttle, ARightFactorGetsItsChargeBackAndTheWaitWithIt)
{
    EXPECT_EQ(refund({10, start + seconds{30}}, 1, start), (Bucket{9, start}));
    EXPECT_EQ(refund({1, start}, 1, start), (Bucket{0, start}));
    EXPECT_EQ(refund({0, start}, 1, start + hours{1}), (Bucket{0, start})) << "never below nothing";
    // With the right password and wrong codes for ever: each round is one guess, whatever was given back.
    const Limits limits;
    const Schedule schedule = schedule_of(Door::stranger, limits);
    Bucket bucket;
    Instant now = start;
    std::int64_t codes = 0;
    for (int round = 0; round < 1000; ++round) {
        now = std::max(now, bucket.next_at);
        const auto password = charge(bucket, guess_cost, now, schedule);
        if (!password) break;
        const auto code = charge(refund(*password, guess_cost, now), guess_cost, now, schedule);
        ASSERT_TRUE(code) << "whoever was let through to the password gets to answer the next page";
        bucket = *code;
        ++codes;
    }
    EXPECT_EQ(codes, 100);
    EXPECT_GE(now - start, hours{82}) << "and the waits are the same as for guesses at passwords";
}

// --- mails and passes -----------------------------------------------------------------------------------------------

TEST(Throttle, FiveMailsADayAMinuteApart)
{
    const Limits limits;
    Mails mails;
    Instant now = start;
    EXPECT_EQ(next_mail_at(mails, now, limits), now);
    for (int n = 1; n <= 5; ++n) {
        mails = after_mail(mails, now, limits);
        EXPECT_EQ(mails, (Mails{n, now, start + hours{24}}));
        if (n == 5) break;
        EXPECT_EQ(next_mail_at(mails, now, limits), now + seconds{60});
        now += seconds{60};
    }
    EXPECT_EQ(next_mail_at(mails, now, limits), start + hours{24});
    EXPECT_EQ(next_mail_at(mails, start + hours{24} - Duration{1}, limits), start + hours{24});
    EXPECT_EQ(next_mail_at(mails, start + hours{24}, limits), start + minutes{5}) << "the window is over";
    EXPECT_EQ(after_mail(mails, start + hours{24}, limits), (Mails{1, start + hours{24}, start + hours{48}}));
    EXPECT_EQ(next_mail_at({2, start, start + hours{1}}, start + hours{2}, limits), start + seconds{60});
    mails.last_sent_at = start + hours{24} - seconds{10};
    EXPECT_EQ(next_mail_at(mails, start + hours{24}, limits), start + hours{24} + seconds{50});
    EXPECT_EQ(next_mail_at(mails, start + hours{23}, limits), start + hours{24} + seconds{50}) << "both must be over";
    EXPECT_EQ(after_mail({0, {}, start + hours{1}}, start, limits), (Mails{1, start, start + hours{24}}));
    EXPECT_EQ(next_mail_at({0, start, start + hours{1}}, start, limits), start);
}

TEST(Throttle, APassIsForOneBrowserOneUseAndTenMinutes)
{
    const Limits limits;
    const PassFacts good{start, 4, true, false, 19};
    EXPECT_EQ(judge_pass(good, start, limits), PassAnswer::may_try);
    EXPECT_EQ(judge_pass(good, start + minutes{10} - Duration{1}, limits), PassAnswer::may_try);
    EXPECT_EQ(judge_pass(good, start + minutes{10}, limits), PassAnswer::expired);
    PassFacts facts = good;
    facts.same_browser = false;
    EXPECT_EQ(judge_pass(facts, start, limits), PassAnswer::other_browser);
    facts = good;
    facts.opened_before = true;
    EXPECT_EQ(judge_pass(facts, start, limits), PassAnswer::used);
    facts = good;
    facts.code_tries = 5;
    EXPECT_EQ(judge_pass(facts, start, limits), PassAnswer::spent);
    facts = good;
    facts.opened_today = 20;
    EXPECT_EQ(judge_pass(facts, start, limits), PassAnswer::too_many_today);
    EXPECT_GT(limits.passes_a_day_max, limits.mails_max)
        << "a thief of the mailbox in one network leaves passes for the owner";
}

// --- limits ---------------------------------------------------------------------------------------------------------

template <class T>
void stays_in_range(T Limits::*limit, T least, T most, const char* name)
{
    Limits limits;
    limits.*limit = least;
    EXPECT_EQ(first_out_of_range(limits), nullptr) << name;
    limits.*limit = most;
    EXPECT_EQ(first_out_of_range(limits), nullptr) << name;
    limits.*limit = least - T{1};
    EXPECT_STREQ(first_out_of_range(limits), name);
    limits.*limit = most + T{1};
    EXPECT_STREQ(first_out_of_range(limits), name);
}

TEST(Throttle, LimitsAreTheLawsAndTheirRangesBreakNothing)
{
    const Limits limits;
    EXPECT_EQ(first_out_of_range(limits), nullptr);
    EXPECT_EQ(limits.known_browser_tries_max, 10);
    EXPECT_EQ(limits.stranger_free_tries, 10);
    EXPECT_EQ(limits.stranger_tries_max, 100);
    EXPECT_EQ(limits.first_wait, seconds{30});
    EXPECT_EQ(limits.longest_wait, hours{1});
    EXPECT_EQ(limits.network_failures_max, 100);
    EXPECT_EQ(limits.network_window, hours{1});
    EXPECT_EQ(limits.pass_tries_max, 5);
    EXPECT_EQ(limits.pass_code_tries_max, 5);
    EXPECT_EQ(limits.pass_life, minutes{10});
    EXPECT_EQ(limits.passes_a_day_max, 20);
    EXPECT_EQ(limits.mails_max, 5);
    EXPECT_EQ(limits.mails_window, hours{24});
    EXPECT_EQ(limits.mail_gap, seconds{60});

    stays_in_range<std::int64_t>(&Limits::known_browser_tries_max, 5, 20, "known_browser_tries_max");
    stays_in_range<std::int64_t>(&Limits::stranger_free_tries, 3, 20, "stranger_free_tries");
    stays_in_range<std::int64_t>(&Limits::stranger_tries_max, 20, 100, "stranger_tries_max");
    stays_in_range<Duration>(&Limits::first_wait, seconds{10}, minutes{5}, "first_wait");
    stays_in_range<Duration>(&Limits::longest_wait, minutes{5}, hours{1}, "longest_wait");
    stays_in_range<std::int64_t>(&Limits::network_failures_max, 20, 1000, "network_failures_max");
    stays_in_range<Duration>(&Limits::network_window, minutes{10}, hours{24}, "network_window");
    stays_in_range<std::int64_t>(&Limits::pass_tries_max, 3, 5, "pass_tries_max");
    stays_in_range<std::int64_t>(&Limits::pass_code_tries_max, 3, 5, "pass_code_tries_max");
    stays_in_range<Duration>(&Limits::pass_life, minutes{5}, minutes{10}, "pass_life");
    stays_in_range<std::int64_t>(&Limits::passes_a_day_max, 10, 20, "passes_a_day_max");
    stays_in_range<std::int64_t>(&Limits::mails_max, 3, 9, "mails_max");
    stays_in_range<Duration>(&Limits::mails_window, hours{1}, hours{24}, "mails_window");
    stays_in_range<Duration>(&Limits::mail_gap, seconds{30}, minutes{5}, "mail_gap");
}

}  // namespace
}  // namespace sallyport::policy::throttle
